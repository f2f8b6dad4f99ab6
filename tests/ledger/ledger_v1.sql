CREATE TABLE meta (
    "key" VARCHAR(80) NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE dispatches (
    id VARCHAR(80) NOT NULL,
    realm TEXT NOT NULL,
    occasion TEXT NOT NULL,
    slug TEXT NOT NULL,
    digest TEXT NOT NULL,
    message_class TEXT NOT NULL,
    relay TEXT NOT NULL,
    segments JSON NOT NULL,
    sender JSON NOT NULL,
    day DATE NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT finished_is_read_from_rows CHECK (state <> 'finished'),
    CONSTRAINT dispatch_state CHECK (state IN ('open', 'paused', 'cancelled', 'finished'))
);

CREATE TABLE holders (
    id VARCHAR(32) NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    lock TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE suppressions (
    address TEXT NOT NULL,
    because VARCHAR(20) NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (address, because)
);

CREATE TABLE deliveries (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    dispatch_id VARCHAR(80) NOT NULL,
    address TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    variant TEXT NOT NULL,
    slots JSON NOT NULL,
    message_id TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at BIGINT,
    dated_at BIGINT,
    holder_id VARCHAR(32),
    token BIGINT DEFAULT '0' NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT due_while_waiting CHECK ((due_at IS NOT NULL) = (state IN ('planned', 'deferred'))),
    CONSTRAINT held_while_in_hand CHECK ((holder_id IS NOT NULL) = (state IN ('claimed', 'handed'))),
    FOREIGN KEY(dispatch_id) REFERENCES dispatches (id) ON DELETE CASCADE,
    CONSTRAINT delivery_state CHECK (state IN ('planned', 'claimed', 'handed', 'accepted', 'deferred', 'refused', 'unknown', 'skipped', 'expired', 'cancelled')),
    FOREIGN KEY(holder_id) REFERENCES holders (id)
);

CREATE INDEX deliveries_address ON deliveries (dispatch_id, address);

CREATE INDEX deliveries_due ON deliveries (dispatch_id, due_at, id);

CREATE INDEX deliveries_state ON deliveries (dispatch_id, state);

CREATE INDEX deliveries_held ON deliveries (holder_id) WHERE holder_id IS NOT NULL;

CREATE TABLE claims (
    realm TEXT NOT NULL,
    occasion TEXT NOT NULL,
    address TEXT NOT NULL,
    delivery_id INTEGER NOT NULL,
    PRIMARY KEY (realm, occasion, address),
    FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);

CREATE INDEX ix_claims_delivery_id ON claims (delivery_id);

CREATE TABLE attempts (
    delivery_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at BIGINT NOT NULL,
    phase VARCHAR(20) NOT NULL,
    verdict VARCHAR(20) NOT NULL,
    code INTEGER,
    enhanced TEXT NOT NULL,
    text TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (delivery_id, n),
    FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);

CREATE TABLE events (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    kind VARCHAR(40) NOT NULL,
    dispatch_id VARCHAR(80),
    delivery_id INTEGER,
    address TEXT NOT NULL,
    "by" TEXT NOT NULL,
    why TEXT NOT NULL,
    FOREIGN KEY(dispatch_id) REFERENCES dispatches (id) ON DELETE CASCADE,
    FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);

CREATE INDEX ix_events_delivery_id ON events (delivery_id);

CREATE INDEX ix_events_dispatch_id ON events (dispatch_id);

