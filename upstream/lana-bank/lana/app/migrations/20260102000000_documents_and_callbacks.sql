CREATE TABLE documents (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    filename text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE callbacks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamptz NOT NULL
);

CREATE TABLE domain_configs (
    key text PRIMARY KEY,
    value text NOT NULL
);
