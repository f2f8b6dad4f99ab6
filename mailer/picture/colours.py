"""Pixels of any kind as 8-bit grey or sRGB, with transparency where something shows through."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

_SRGB = ImageCms.createProfile("sRGB")
_SIXTEEN_BITS = 65_535
_EIGHT_BITS = 255


def resizable(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be resized smoothly: L, La, RGB, RGBa or CMYK.

    Small a: colours weighed by their opacity, so that what does not show through does not colour its edges.
    """
    info = image.info
    if "transparency" in info and image.mode in ("1", "L", "RGB", "P"):
        image = image.convert("RGBA")
    elif image.mode == "P":
        image = image.convert("RGBA" if image.palette and image.palette.mode == "RGBA" else "RGB")
    elif image.mode == "PA":
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I;16"):
        image = _eight_bits(image)
    elif image.mode not in ("L", "La", "LA", "RGB", "RGBa", "RGBA", "CMYK"):
        image = image.convert("RGB")
    if image.mode in ("LA", "RGBA"):
        image = image.convert({"LA": "La", "RGBA": "RGBa"}[image.mode])
    image.info = {"icc_profile": info["icc_profile"]} if "icc_profile" in info else {}
    return image


def as_srgb(image: Image.Image) -> Image.Image:
    """The same picture as L, RGB, LA or RGBA in sRGB, without alpha where it is all opaque.

    The profile decides what the numbers mean; a missing or broken one leaves them as they are.
    """
    profile, alpha = image.info.get("icc_profile"), None
    if image.mode in ("La", "RGBa"):
        whole = image.convert(image.mode.upper())
        alpha = whole.getchannel("A")
        image = whole.convert(whole.mode[:-1])
    image = _converted(image, profile)
    if alpha is not None and alpha.getextrema()[0] != _EIGHT_BITS:
        image.putalpha(alpha)
    image.info = {}
    return image


def on_white(image: Image.Image) -> Image.Image:
    """The same picture without transparency."""
    if image.mode not in ("LA", "RGBA"):
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert(image.mode[:-1])


def _converted(image: Image.Image, profile: object) -> Image.Image:
    if isinstance(profile, bytes) and profile:
        try:
            done = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                _SRGB,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (OSError, ValueError, ImageCms.PyCMSError):
            done = None
        if done is not None:
            return done.convert("L") if image.mode == "L" else done
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8."""
    return image.convert("F").point(lambda value: value * (_EIGHT_BITS / _SIXTEEN_BITS)).convert("L")
