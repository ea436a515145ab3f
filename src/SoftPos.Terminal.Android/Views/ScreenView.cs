using System.Globalization;
using Android.Content;
using Android.Graphics;
using Android.Views;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>
/// Draws a screen model with views of the system, from right to left where its language is. It decides nothing: what is shown, in which order
/// and what can be touched stands in the model.
/// </summary>
public sealed class ScreenView : ScrollView
{
    private const int EdgeDp = 24, GapDp = 12, KeyDp = 64, SignDp = 96, CodeDp = 260, LogoDp = 48;

    private readonly Theme _theme;
    private readonly Action<string, string?> _act;
    private readonly LinearLayout _column;
    private EditText? _field;

    /// <summary>Makes an empty view.</summary>
    /// <param name="context">The screen.</param>
    /// <param name="theme">Its looks.</param>
    /// <param name="act">Is told the action that was touched, and the text of the field.</param>
    public ScreenView(Context context, Theme theme, Action<string, string?> act)
        : base(context)
    {
        ArgumentNullException.ThrowIfNull(theme);
        _theme = theme;
        _act = act;
        _column = new LinearLayout(context) { Orientation = Orientation.Vertical };
        _column.SetPadding(Dp(EdgeDp), Dp(EdgeDp), Dp(EdgeDp), Dp(EdgeDp));
        SetBackgroundColor(Colour(theme.Colours.Background));
        AddView(_column);
    }

    /// <summary>Draws a code of dots, where the app brings a way to; the SDK has none.</summary>
    public Func<string, Bitmap?>? DrawCode { get; set; }

    /// <summary>The theme's logo; null for none.</summary>
    public Bitmap? Logo { get; set; }

    /// <summary>Shows a screen in the place of the one before.</summary>
    public void Show(ScreenModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _field = null;
        _column.RemoveAllViews();
        LayoutDirection = model.IsRightToLeft ? LayoutDirection.Rtl : LayoutDirection.Ltr;
        _column.LayoutDirection = LayoutDirection;

        if (Logo is { } logo)
        {
            ImageView image = new(Context) { ContentDescription = _theme.Name };
            image.SetImageBitmap(logo);
            Add(image, Dp(LogoDp));
        }

        // A screen reader says the whole screen once when it comes; single lines stay readable by touch.
        TextView title = Line(model.Title, 26, _theme.Colours.Text, isBold: true);
        title.AccessibilityHeading = true;
        title.ContentDescription = model.Spoken;
        title.AccessibilityLiveRegion = AccessibilityLiveRegion.Polite;
        Add(title);
        if (model.Kind is ScreenKind.SetUp && _theme.WelcomeIn(model.Language) is { Length: > 0 } welcome)
        {
            Add(Line(welcome, 20, _theme.Colours.Text));
        }

        if (model.Sign is not ScreenSign.None)
        {
            Add(new SignView(Context!, model.Sign, Colour(ColourOf(model.Sign))), Dp(SignDp));
        }

        if (model.ShowsAntenna)
        {
            Add(new AntennaView(Context!, Colour(_theme.Colours.Main)), Dp(CodeDp));
        }

        foreach (ScreenLine line in model.Lines)
        {
            Add(Line(line));
        }

        if (model.Field is { } field)
        {
            Add(_field = Field(field));
        }

        if (model.Code is { } code && DrawCode?.Invoke(code) is { } dots)
        {
            ImageView image = new(Context) { ContentDescription = model.Title };
            image.SetImageBitmap(dots);
            Add(image, Dp(CodeDp));
        }

        if (model.HasKeypad)
        {
            Add(Keypad());
        }

        foreach (ScreenAction action in model.Actions)
        {
            Add(Button(action));
        }
    }

    private GridLayout Keypad()
    {
        GridLayout grid = new(Context) { ColumnCount = 3, LayoutDirection = LayoutDirection.Ltr };
        foreach (int digit in (ReadOnlySpan<int>)[1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
        {
            string text = digit.ToString(CultureInfo.InvariantCulture);
            Button key = Button(new ScreenAction("digit:" + text, text));
            GridLayout.LayoutParams place = new() { Width = Dp(KeyDp * 3 / 2), Height = Dp(KeyDp) };
            if (digit == 0 && GridLayout.InvokeSpec(3) is { } row && GridLayout.InvokeSpec(1) is { } column)
            {
                place.RowSpec = row;
                place.ColumnSpec = column;
            }

            grid.AddView(key, place);
        }

        return grid;
    }

    private Button Button(ScreenAction action)
    {
        Button button = new(Context) { Text = action.Label, Enabled = action.IsEnabled };
        button.SetAllCaps(false);
        button.SetTextColor(Colour(action.IsMain ? _theme.Colours.OnMain : _theme.Colours.Text));
        button.SetBackgroundColor(Colour(action.IsMain ? _theme.Colours.Main : _theme.Colours.Background));
        button.Alpha = action.IsEnabled ? 1f : 0.5f;
        button.SetMinimumHeight(Dp(KeyDp));
        button.FilterTouchesWhenObscured = true;
        button.Click += (_, _) => _act(action.Id, _field?.Text);
        return button;
    }

    private EditText Field(ScreenField field)
    {
        EditText text = new(Context) { Hint = field.Label, Text = field.Value };
        text.SetTextColor(Colour(_theme.Colours.Text));
        text.SetHintTextColor(Colour(_theme.Colours.Detail));
        text.InputType = global::Android.Text.InputTypes.ClassText
            | (field.IsLong ? global::Android.Text.InputTypes.TextFlagMultiLine : global::Android.Text.InputTypes.TextFlagNoSuggestions);
        text.SetFilters([new global::Android.Text.InputFilterLengthFilter(field.MaxLength)]);
        text.SaveEnabled = false;
        text.ImportantForAutofill = ImportantForAutofill.No;
        return text;
    }

    private TextView Line(ScreenLine line) => line.Role switch
    {
        LineRole.Amount => Line(line.Text, 40, _theme.Colours.Text, isBold: true),
        LineRole.Fault => Line(line.Text, 20, _theme.Colours.Bad, isBold: true),
        LineRole.Fix => Line(line.Text, 20, _theme.Colours.Text),
        LineRole.Detail => Line(line.Text, 14, _theme.Colours.Detail),
        LineRole.Receipt => Line(line.Text, 14, _theme.Colours.Text, isMono: true),
        _ => Line(line.Text, 18, _theme.Colours.Text),
    };

    private TextView Line(string text, float size, string colour, bool isBold = false, bool isMono = false)
    {
        TextView line = new(Context) { Text = text, TextSize = size };
        line.SetTextColor(Colour(colour));
        line.SetTypeface(isMono ? Typeface.Monospace : Typeface.Default, isBold ? TypefaceStyle.Bold : TypefaceStyle.Normal);
        line.TextDirection = TextDirection.Locale;
        return line;
    }

    private string ColourOf(ScreenSign sign) => sign switch
    {
        ScreenSign.Good => _theme.Colours.Good, ScreenSign.Bad => _theme.Colours.Bad, _ => _theme.Colours.Main,
    };

    private void Add(View view, int height = ViewGroup.LayoutParams.WrapContent) =>
        _column.AddView(view, new LinearLayout.LayoutParams(ViewGroup.LayoutParams.MatchParent, height) { BottomMargin = Dp(GapDp) });

    private int Dp(int dp) => (int)(dp * (Resources?.DisplayMetrics?.Density ?? 1f));

    private static Color Colour(string text) => Theme.Parse(text) is { } parts ? Color.Rgb(parts.Red, parts.Green, parts.Blue) : Color.Black;
}
