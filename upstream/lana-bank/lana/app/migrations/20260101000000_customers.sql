CREATE TABLE customers (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    customer_type text NOT NULL,
    created_at timestamptz NOT NULL
);
