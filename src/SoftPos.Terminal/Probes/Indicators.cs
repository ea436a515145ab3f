namespace SoftPos.Terminal;

/// <summary>
/// Names that probes look for: public knowledge, as rootbeer and the OWASP MASTG list it. A deployment's signed indicator catalogue adds to
/// them; none is a secret, and a phone without any of them proves nothing.
/// </summary>
internal static class Indicators
{
    public static readonly string[] RootFolders =
    [
        "/data/local/", "/data/local/bin/", "/data/local/xbin/", "/data/local/tmp/", "/sbin/", "/su/bin/", "/system/bin/", "/system/bin/.ext/",
        "/system/sd/xbin/", "/system/xbin/", "/vendor/bin/", "/odm/bin/", "/product/bin/", "/system_ext/bin/", "/debug_ramdisk/", "/cache/", "/dev/",
    ];

    public static readonly string[] RootNames = ["su", "magisk", "magisk64", "resetprop", "supolicy", "ksud", "apd", "daemonsu"];

    /// <summary>Places of Magisk, KernelSU, APatch and their modules.</summary>
    public static readonly string[] RootTraces =
    [
        "/sbin/.magisk", "/debug_ramdisk/.magisk", "/dev/.magisk", "/cache/magisk.log", "/data/adb/magisk", "/data/adb/magisk.db", "/data/magisk.img",
        "/init.magisk.rc", "/data/adb/ksu", "/data/adb/ksud", "/data/adb/ap", "/data/adb/apd", "/data/adb/kpatch", "/data/adb/modules",
        "/data/adb/tricky_store", "/data/adb/lspd",
    ];

    public static readonly string[] RootManagers =
    [
        "com.topjohnwu.magisk", "io.github.vvb2060.magisk", "io.github.huskydg.magisk", "me.weishu.kernelsu", "com.rifsxd.ksunext",
        "com.sukisu.ultra", "me.bmax.apatch", "me.garfieldhan.apatch.next", "eu.chainfire.supersu", "com.koushikdutta.superuser",
        "com.noshufou.android.su", "com.thirdparty.superuser", "com.yellowes.su", "com.kingroot.kinguser", "com.kingo.root",
        "com.smedialink.oneclickroot", "com.zhiqupk.root.global", "com.alephzain.framaroot", "com.devadvance.rootcloak", "com.amphoras.hidemyroot",
    ];

    /// <summary>Sources and folders of mounts that root frameworks make.</summary>
    public static readonly string[] RootMounts = [" magisk ", " KSU ", " APatch ", "/data/adb/modules", "/.magisk/", " worker "];

    public static readonly string[] SystemMounts = ["/", "/system", "/vendor", "/product", "/odm", "/system_ext"];

    public static readonly string[] VirtualFiles =
    [
        "/dev/qemu_pipe", "/dev/goldfish_pipe", "/dev/socket/qemud", "/system/bin/qemu-props", "/dev/vboxguest", "/dev/vboxuser",
        "/system/bin/nox-prop", "/system/bin/ldinit", "/system/bin/microvirtd", "/data/bluestacks.prop", "/fstab.ranchu", "/fstab.vbox86",
        "/system/bin/androVM-prop",
    ];

    public static readonly string[] VirtualHardware = ["goldfish", "ranchu", "vbox86", "nox", "ttVM_x86", "cutf_cvm"];

    public static readonly string[] VirtualFingerprints = ["generic", "sdk_gphone", "vbox86p", "emulator", "robolectric"];

    /// <summary>Libraries and marks of apps that run other apps.</summary>
    public static readonly string[] ContainerMaps = ["libva++.so", "libva-native.so", "libiohook.so", "libxdja.so"];

    public static readonly string[] FridaMaps = ["frida", "gum-js", "linjector", "libgadget.so"];

    public static readonly string[] FridaThreads = ["gum-js-loop", "pool-frida", "pool-spawner", "linjector", "frida-"];

    public static readonly int[] FridaPorts = [27042, 27043];

    public static readonly string[] FridaFiles = ["/data/local/tmp/frida-server", "/data/local/tmp/re.frida.server"];

    public static readonly string[] HookMaps = ["XposedBridge", "lspd", "liblspd", "libsubstrate.so", "libwhale.edxp.so", "libsandhook", "libriru", "libzygisk"];

    public static readonly string[] HookManagers =
    [
        "de.robv.android.xposed.installer", "org.lsposed.manager", "org.meowcat.edxposed.manager", "com.solohsu.android.edxp.manager",
        "io.va.exposed", "org.lsposed.lspatch", "me.weishu.exp", "com.saurik.substrate",
    ];

    public static readonly string[] RemoteControl =
    [
        "com.teamviewer.quicksupport.market", "com.teamviewer.host.market", "com.anydesk.anydeskandroid", "com.carriez.flutter_hbb",
        "com.splashtop.sos", "com.splashtop.streamer.csrs", "com.logmein.rescuemobile", "net.christianbeier.droidvnc_ng", "com.sand.airdroid",
        "com.sand.airmirror", "com.zoho.assist.agent", "com.oray.sunloginclient", "com.todesk.mobile", "com.koushikdutta.vysor",
    ];

    /// <summary>Loopback ports of VNC, AnyDesk and RustDesk.</summary>
    public static readonly int[] RemoteControlPorts = [5900, 5901, 6568, 21118, 21119];

    /// <summary>Apps whose only use is to deceive others, and one that stands for malware in the lab.</summary>
    public static readonly string[] Malware =
    [
        "com.dimonvideo.luckypatcher", "com.chelpus.lackypatch", "com.chelpus.luckypatcher", "cc.madkite.freedom", "com.xmodgame",
        "catch_.me_.if_.you_.can_", "org.opensoftpos.lab.malware",
    ];

    public static readonly string[] MockLocation =
        ["com.lexa.fakegps", "com.incorporateapps.fakegps.fre", "com.theappninjas.fakegpsjoystick", "com.blogspot.newapphorizons.fakegps"];

    /// <summary>Permissions that together let an app see a screen and send it away.</summary>
    public static readonly string[] ScreenPermissions = ["SYSTEM_ALERT_WINDOW", "BIND_ACCESSIBILITY_SERVICE", "PROJECT_MEDIA", "READ_SMS"];

    public static readonly string[] Stores =
    [
        "com.android.vending", "com.google.android.feedback", "com.sec.android.app.samsungapps", "com.huawei.appmarket", "com.xiaomi.mipicks",
        "com.heytap.market", "com.bbk.appstore", "com.hihonor.appmarket",
    ];

    public static readonly string[] Keyboards =
    [
        "com.google.android.inputmethod.latin", "com.samsung.android.honeyboard", "com.sec.android.inputmethod", "com.touchtype.swiftkey",
        "com.baidu.input_mi", "com.sohu.inputmethod.sogou.xiaomi", "com.huawei.ohos.inputmethod", "com.emoji.keyboard.touchpal",
        "org.futo.inputmethod.latin", "dev.patrickgold.florisboard", "helium314.keyboard",
    ];
}
