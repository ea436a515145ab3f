using Android.OS;

namespace SoftPos.Terminal.Android;

/// <summary>A message between the two processes as the system carries it: bytes and nothing that would be unpacked into objects.</summary>
internal static class RoomParcel
{
    public static Message? Of(byte[] bytes)
    {
        Message? message = Message.Obtain(null, SecureRoom.MessageKind);
        if (message is not null)
        {
            Bundle data = new();
            data.PutByteArray(SecureRoom.MessageBytes, bytes);
            message.Data = data;
        }

        return message;
    }

    public static byte[]? Read(Message message) => message.PeekData()?.GetByteArray(SecureRoom.MessageBytes);
}
