"""Records of notice: who was told what and when, signed, so that a changed byte shows a year later.

It promises

- that a record says "taken over by" and never that anything was delivered;
- that no byte of an exported CSV or JSON, and no text of a workbook, is changed without `verify` telling so;
- that verifying needs the file and a public key, and no send record;
- that what a sending noted in dispatches.yaml at its end stays true of every later record of it, whatever was decided
  of its doubts and whoever was forgotten since.

`making.make_record` makes one; `csv_form`, `json_form` and `xlsx_form` write and read it; `verifying.verify` judges.
"""
