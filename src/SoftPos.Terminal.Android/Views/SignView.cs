using Android.Content;
using Android.Graphics;
using Android.Nfc;
using Android.Views;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>Draws a sign by its shape; colour only helps.</summary>
internal sealed class SignView : View
{
    private readonly ScreenSign _sign;
    private readonly Paint _pen = new(PaintFlags.AntiAlias) { StrokeWidth = 12, StrokeCap = Paint.Cap.Round };

    public SignView(Context context, ScreenSign sign, Color colour)
        : base(context)
    {
        _sign = sign;
        _pen.Color = colour;
        _pen.SetStyle(Paint.Style.Stroke);

        // The title says it already.
        ImportantForAccessibility = ImportantForAccessibility.No;
    }

    protected override void OnDraw(Canvas canvas)
    {
        base.OnDraw(canvas);
        float size = Math.Min(Width, Height) * 0.4f, x = Width / 2f, y = Height / 2f;
        switch (_sign)
        {
            case ScreenSign.Good:
                canvas.DrawLine(x - size, y, x - (size / 3), y + (size * 0.7f), _pen);
                canvas.DrawLine(x - (size / 3), y + (size * 0.7f), x + size, y - (size * 0.7f), _pen);
                break;
            case ScreenSign.Bad:
                canvas.DrawLine(x - size, y - size, x + size, y + size, _pen);
                canvas.DrawLine(x - size, y + size, x + size, y - size, _pen);
                break;
            case ScreenSign.Tap:
                for (int arc = 1; arc <= 4; arc++)
                {
                    float far = size * arc / 4;
                    canvas.DrawArc(new RectF(x - far, y - far, x + far, y + far), -45, 90, false, _pen);
                }

                break;
            case ScreenSign.Open:
                canvas.DrawCircle(x, y, size, _pen);
                canvas.DrawText("?", x - (size / 4), y + (size / 3), Letter(size));
                break;
            default:
                for (int dot = -1; dot <= 1; dot++)
                {
                    canvas.DrawCircle(x + (dot * size), y, size / 8, _pen);
                }

                break;
        }
    }

    private Paint Letter(float size)
    {
        Paint letter = new(_pen) { TextSize = size };
        letter.SetStyle(Paint.Style.Fill);
        return letter;
    }
}

/// <summary>
/// Shows where the phone's antenna is: the place that the phone itself states (Android 14 and later), else the upper middle of its back, where
/// most phones have it.
/// </summary>
internal sealed class AntennaView : View
{
    private const float UsualX = 0.5f, UsualY = 0.25f;

    private readonly Paint _pen = new(PaintFlags.AntiAlias) { StrokeWidth = 6 };
    private readonly float _x = UsualX, _y = UsualY;

    public AntennaView(Context context, Color colour)
        : base(context)
    {
        _pen.Color = colour;
        _pen.SetStyle(Paint.Style.Stroke);
        ImportantForAccessibility = ImportantForAccessibility.No;
        if (OperatingSystem.IsAndroidVersionAtLeast(34) && NfcAdapter.GetDefaultAdapter(context)?.NfcAntennaInfo is { DeviceWidth: > 0, DeviceHeight: > 0 } phone
            && phone.AvailableNfcAntennas.FirstOrDefault() is { } antenna)
        {
            // Seen from the screen's side; the place is given from the phone's back.
            _x = 1 - Math.Clamp(antenna.LocationX / (float)phone.DeviceWidth, 0, 1);
            _y = 1 - Math.Clamp(antenna.LocationY / (float)phone.DeviceHeight, 0, 1);
        }
    }

    protected override void OnDraw(Canvas canvas)
    {
        base.OnDraw(canvas);
        float height = Height * 0.95f, width = height / 2, left = (Width - width) / 2f, top = Height * 0.025f;
        canvas.DrawRoundRect(new RectF(left, top, left + width, top + height), 24, 24, _pen);
        float x = left + (width * _x), y = top + (height * _y);
        for (int ring = 1; ring <= 3; ring++)
        {
            canvas.DrawCircle(x, y, width * ring / 10, _pen);
        }
    }
}
