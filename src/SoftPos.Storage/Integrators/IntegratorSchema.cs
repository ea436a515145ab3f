namespace SoftPos.Storage;

/// <summary>Tables of the integrators' API: tenants, keys, idempotency, pushed orders, webhooks.</summary>
internal static class IntegratorSchema
{
    public const string Step =
        """
        ALTER TABLE merchant ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
        CREATE INDEX merchant_tenant ON merchant(tenant, merchant_id);
        ALTER TABLE activation_code ADD COLUMN store_id TEXT;
        CREATE INDEX activation_terminal ON activation_code(terminal_id) WHERE terminal_id IS NOT NULL;
        CREATE INDEX batch_merchant ON batch(merchant_id, batch_id);
        CREATE TABLE merchant_part(
          merchant_id TEXT NOT NULL, kind INTEGER NOT NULL, part_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY(merchant_id, kind, part_id)) WITHOUT ROWID;
        CREATE TABLE api_key(key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, secret_hash BLOB NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX api_key_tenant ON api_key(tenant, key_id);
        CREATE TABLE idempotency(
          tenant TEXT NOT NULL, name TEXT NOT NULL, request_hash BLOB NOT NULL, reserved BLOB NOT NULL, created INTEGER NOT NULL, answer BLOB,
          PRIMARY KEY(tenant, name)) WITHOUT ROWID;
        CREATE INDEX idempotency_created ON idempotency(created);
        CREATE TABLE pushed_order(
          seq INTEGER PRIMARY KEY AUTOINCREMENT, order_id BLOB NOT NULL UNIQUE, merchant_id TEXT NOT NULL, terminal_id BLOB NOT NULL, state INTEGER NOT NULL,
          expires INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX pushed_order_open ON pushed_order(terminal_id, seq) WHERE state IN (0, 1);
        CREATE INDEX pushed_order_expiry ON pushed_order(expires) WHERE state IN (0, 1, 2);
        CREATE TABLE webhook_endpoint(endpoint_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX webhook_endpoint_tenant ON webhook_endpoint(tenant, endpoint_id);
        CREATE TABLE webhook_delivery(
          seq INTEGER PRIMARY KEY AUTOINCREMENT, endpoint_id TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, time INTEGER NOT NULL,
          body BLOB NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER, status INTEGER, error TEXT, UNIQUE(endpoint_id, event_id));
        CREATE INDEX webhook_delivery_due ON webhook_delivery(due) WHERE due IS NOT NULL;
        CREATE INDEX webhook_delivery_endpoint ON webhook_delivery(endpoint_id, seq);
        """;
}
