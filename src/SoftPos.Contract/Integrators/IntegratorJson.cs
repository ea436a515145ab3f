using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SoftPos.Contract.Integrators;

/// <summary>JSON forms of the integrators' API. Readers of answers skip what they do not know; the back end refuses it in requests.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MerchantInput))]
[JsonSerializable(typeof(MerchantRecord))]
[JsonSerializable(typeof(Store))]
[JsonSerializable(typeof(MerchantUser))]
[JsonSerializable(typeof(ActivationCodeInput))]
[JsonSerializable(typeof(ActivationCodeOutput))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(AmountInput))]
[JsonSerializable(typeof(OfflineInput))]
[JsonSerializable(typeof(ReconciliationView))]
[JsonSerializable(typeof(Page<ReconciliationView>), TypeInfoPropertyName = "ReconciliationPage")]
[JsonSerializable(typeof(OfflineView))]
[JsonSerializable(typeof(RefundInput))]
[JsonSerializable(typeof(ReceiptMailInput))]
[JsonSerializable(typeof(OrderInput))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(TerminalView))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(ApiKeyInput))]
[JsonSerializable(typeof(ApiKeyRotationInput))]
[JsonSerializable(typeof(ApiKeyView))]
[JsonSerializable(typeof(ApiKeyCreated))]
[JsonSerializable(typeof(WebhookEndpointInput))]
[JsonSerializable(typeof(WebhookEndpointView))]
[JsonSerializable(typeof(WebhookEndpointCreated))]
[JsonSerializable(typeof(WebhookEvent))]
[JsonSerializable(typeof(WebhookDeliveryView))]
[JsonSerializable(typeof(Page<MerchantRecord>), TypeInfoPropertyName = "MerchantPage")]
[JsonSerializable(typeof(Page<Store>), TypeInfoPropertyName = "StorePage")]
[JsonSerializable(typeof(Page<MerchantUser>), TypeInfoPropertyName = "UserPage")]
[JsonSerializable(typeof(Page<TerminalView>), TypeInfoPropertyName = "TerminalPage")]
[JsonSerializable(typeof(Page<PaymentView>), TypeInfoPropertyName = "PaymentPage")]
[JsonSerializable(typeof(Page<OrderView>), TypeInfoPropertyName = "OrderPage")]
[JsonSerializable(typeof(Page<BatchView>), TypeInfoPropertyName = "BatchPage")]
[JsonSerializable(typeof(Page<ApiKeyView>), TypeInfoPropertyName = "ApiKeyPage")]
[JsonSerializable(typeof(Page<WebhookEndpointView>), TypeInfoPropertyName = "WebhookEndpointPage")]
[JsonSerializable(typeof(Page<WebhookDeliveryView>), TypeInfoPropertyName = "WebhookDeliveryPage")]
[JsonSerializable(typeof(Page<WebhookEvent>), TypeInfoPropertyName = "WebhookEventPage")]
[JsonSerializable(typeof(JsonObject))]
public sealed partial class IntegratorJson : JsonSerializerContext;
