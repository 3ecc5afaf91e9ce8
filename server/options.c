/*
 * options -- the table, in the order of the file it describes.
 */
#include "options.h"

#include <libintl.h>
#include <string.h>

#include "base/str.h"
#include "staff/staff.h"

#define RE CONF_RELOAD
#define LIST CONF_LIST
#define NEEDED CONF_NEEDED
#define SECRET CONF_SECRET

enum {
	MS_S = 1000,
	MS_M = 60 * MS_S,
	MS_H = 60 * MS_M,
	MS_D = 24 * MS_H,
	PPM_PCT = 10000,		/* 1 % in parts per million          */
	PPM_ONE = 1000000,
	BREAKS_MAX = 9,			/* a digit each (UX A8)              */
	LISTEN_MAX = 6,			/* DIAL_LISTEN_MAX                   */
	CALLERS_MAX = 16,		/* DIAL_CALLERS_MAX                  */
};

static const struct conf_section sections[] = {
	{ "server", NULL, NULL,
	  "The server itself: where it listens, where it keeps things.",
	  "服务器本身：监听地址与存放位置。" },
	{ "media", NULL, NULL,
	  "Speech: addresses, ports, threads, recordings, prompts.",
	  "语音：地址、端口、线程、录音、提示音。" },
	{ "agents", NULL, NULL,
	  "What holds for every agent.",
	  "对所有坐席生效的设置。" },
	{ "breaks", "break", NULL,
	  "Reasons for a break, in the order of the agent's menu (at most 9).",
	  "小休原因，按坐席菜单的顺序（最多 9 个）。" },
	{ "trunks", "trunk", NULL,
	  "Carriers: each is a map of its own name.",
	  "线路：每条线路以自己的名称为键。" },
	{ "campaign_defaults", NULL, NULL,
	  "What every campaign has unless it says otherwise.",
	  "各项目未另行指定时的取值。" },
	{ "campaigns", "campaign", "campaign_defaults",
	  "Campaigns: each is a map of its own name.",
	  "外呼项目：每个项目以自己的名称为键。" },
};

/* clang-format off */
static const struct conf_row rows[] = {
/* ---- server ----------------------------------------------------------- */
{ "server", "listen", CONF_ADDRESS, LIST, 0, 0,
  "udp:0.0.0.0:5060", "udp|tcp|tls",
  "SIP addresses to listen on.", "SIP 监听地址。" },
{ "server", "clients", CONF_ADDRESS, LIST, 0, 0,
  "ipc:/run/waihu/ctl.sock, tls:0.0.0.0:5070", "ipc|tls|tcp",
  "Addresses for waihu-agent, waihu-supervisor and waihu. tcp is not "
  "encrypted and only allowed on loopback.",
  "坐席、班长与管理程序的连接地址。tcp 不加密，只允许用于本机回环。" },
{ "server", "name", CONF_TEXT, RE, 1, 39, "Waihu", NULL,
  "Name of this floor, shown on the screens.", "界面上显示的职场名称。" },
{ "server", "certificate", CONF_FILE, 0, 0, 0, NULL, NULL,
  "TLS certificate (PEM). Unset: one is made at the first start.",
  "TLS 证书（PEM）。未设置时首次启动自动生成。" },
{ "server", "key", CONF_FILE, 0, 0, 0, NULL, NULL,
  "Its private key (PEM).", "证书的私钥（PEM）。" },
{ "server", "ca", CONF_FILE, 0, 0, 0,
  "/etc/ssl/certs/ca-certificates.crt", NULL,
  "Authorities (PEM) trusted when a TLS trunk shows its certificate.",
  "校验 TLS 线路证书时信任的机构（PEM）。" },
{ "server", "state", CONF_FILE, 0, 0, 0, "/var/lib/waihu", NULL,
  "Folder of the database.", "数据库目录。" },
{ "server", "personal_key", CONF_FILE, 0, 0, 0, NULL, NULL,
  "File of the key that leads, records of calls and events are sealed with "
  "in the database. Unset: personal.key in its folder. Made at the first "
  "start, for its owner only; without it the data cannot be read, and a "
  "backup does not hold it.",
  "客户、话单与事件在数据库中加密所用的密钥文件。未设置时为数据库目录中的 personal.key。"
  "首次启动自动生成，仅属主可读；没有它数据无法读取，备份中也不包含它。" },
{ "server", "data", CONF_FILE, 0, 0, 0, WAIHU_PREFIX "/share/waihu", NULL,
  "Folder of the tables: outcomes, causes, tones, profiles, zones.",
  "数据表目录：结果、原因、信号音、合规方案、时区。" },
{ "server", "country", CONF_TEXT, RE, 2, 2, "cn", NULL,
  "Country whose tones and number plan hold where nobody says otherwise.",
  "未另行指定时所用的国家（信号音与号码规则）。" },
{ "server", "realm", CONF_TEXT, 0, 1, 63, "waihu", NULL,
  "Realm of the phones' passwords (SIP digest).", "话机认证域。" },
{ "server", "log_level", CONF_WORD, RE, 0, 0, "info",
  "error|warning|info|debug",
  "How much is logged.", "日志级别。" },
{ "server", "log_file", CONF_FILE, 0, 0, 0, NULL, NULL,
  "Log file, opened again on SIGUSR1. Unset: standard error.",
  "日志文件，收到 SIGUSR1 时重新打开。未设置时写到标准错误。" },
{ "server", "metrics", CONF_ADDRESS, 0, 0, 0, NULL, "tcp",
  "Address of GET /metrics, such as tcp:127.0.0.1:9568. Unset: none.",
  "GET /metrics 的地址，如 tcp:127.0.0.1:9568。未设置则不提供。" },
{ "server", "agents_max", CONF_INT, 0, 1, 20000, "500", "agents",
  "Agents at once; room is reserved for them.", "最多同时在线坐席数。" },
{ "server", "calls_max", CONF_INT, 0, 1, 60000, "2000", "calls",
  "Calls at once; room is reserved for them.", "最多同时呼叫数。" },
{ "server", "map", CONF_BYTES, 0, 1LL << 20, 16LL << 40, "1T", NULL,
  "The most the database may grow to (address space, not disk).",
  "数据库的最大容量（地址空间，不占磁盘）。" },
{ "server", "disk_reserve", CONF_BYTES, 0, 0, 1LL << 40, "1G", NULL,
  "With less disk left than this no new call is dialled.",
  "磁盘剩余低于此值时停止外呼。" },
{ "server", "keep_events", CONF_DURATION, RE, 0, 3650LL * MS_D, "30d", NULL,
  "How long the log of events a day is replayed from is kept; 0 = for ever. "
  "The newest event always stays, and the chain is proven from the last that "
  "went.",
  "事件日志（用于重放）的保留时间；0 表示永久。最新事件始终保留，校验链从最后删除处继续。" },
{ "server", "keep_attempts", CONF_DURATION, RE, 0, 3650LL * MS_D, "400d", NULL,
  "How long attempts are kept that no rule needs; 0 = for ever. Never "
  "shorter than the longest frequency or quiet time of any profile or "
  "campaign, nor while the campaign still counts them.",
  "规则不再需要的拨打尝试的保留时间；0 表示永久。不会短于任何方案或项目的"
  "最长频次与静默期，项目仍在计数时也不删除。" },
{ "server", "stop", CONF_DURATION, RE, 0, 10 * MS_M, "2m", NULL,
  "After SIGTERM calls may go on for so long.",
  "收到 SIGTERM 后，已有通话最多继续的时间。" },
{ "server", "heartbeat", CONF_DURATION, RE, 1 * MS_S, 1 * MS_M, "5s", NULL,
  "Screens send a sign of life this often.", "客户端心跳间隔。" },
{ "server", "silent", CONF_DURATION, RE, 2 * MS_S, 5 * MS_M, "15s", NULL,
  "A screen silent for so long has lost its link.",
  "静默超过此时间视为连接中断。" },
/* ---- media ------------------------------------------------------------ */
{ "media", "address", CONF_TEXT, 0, 1, 45, "0.0.0.0", NULL,
  "Numeric address RTP is received on.", "RTP 接收地址（数字形式）。" },
{ "media", "advertise", CONF_TEXT, 0, 1, 45, NULL, NULL,
  "Numeric address named in SDP, when it is another (behind NAT).",
  "SDP 中写的地址，用于 NAT 之后。" },
{ "media", "port_min", CONF_INT, 0, 1024, 65535, "20000", "port",
  "First RTP port. Reports (RTCP) come on the odd ones.",
  "RTP 起始端口。奇数端口收 RTCP 报告。" },
{ "media", "port_max", CONF_INT, 0, 1024, 65535, "39999", "port",
  "Last RTP port.", "RTP 结束端口。" },
{ "media", "workers", CONF_INT, 0, 0, 64, "0", "threads",
  "Threads that carry speech; 0 = one per spare core.",
  "语音线程数；0 = 每个空闲核心一个。" },
{ "media", "lost", CONF_DURATION, 0, 1 * MS_S, 5 * MS_M, "10s", NULL,
  "A leg that sent nothing for so long is reported as lost.",
  "一方超过此时间没有语音即报告中断。" },
{ "media", "recordings", CONF_FILE, 0, 0, 0, "/var/spool/waihu", NULL,
  "Folder of the recordings.", "录音目录。" },
{ "media", "prompts", CONF_FILE, 0, 0, 0, NULL, NULL,
  "Folder of *.wav prompts (8 or 16 kHz, mono). Unset: the built-in ones.",
  "提示音目录（*.wav，8 或 16 kHz 单声道）。未设置时用内置提示音。" },
/* ---- agents ----------------------------------------------------------- */
{ "agents", "return", CONF_DURATION, RE, 0, 30 * MS_M, "60s", NULL,
  "An agent whose terminal was lost has so long to come back to the call.",
  "终端中断后，坐席可在此时间内回到通话。" },
{ "agents", "phone_return", CONF_DURATION, RE, 0, 10 * MS_M, "30s", NULL,
  "The customer of an agent whose phone was lost waits at most so long.",
  "坐席话机中断后，客户最多等待的时间。" },
{ "agents", "sip_address", CONF_TEXT, 0, 1, 80, NULL, NULL,
  "Address (host:port) agents' phones dial. Unset: the first SIP address "
  "the server listens on.",
  "坐席话机呼叫的地址（host:port）。未设置时用服务器首个 SIP 监听地址。" },
{ "agents", "phones", CONF_TEXT, LIST | RE, 1, 80, NULL, NULL,
  "Where telephones may be that a terminal names itself with --phone "
  "sip:URI: networks (192.0.2.0/24), addresses, host names; never one of a "
  "trunk. Unset: none, an administrator sets each user's phone.",
  "终端可用 --phone sip:URI 自行指定的话机所在网段、地址或主机名；中继除外。"
  "未设置则不允许，由管理员为每位用户设置。" },
{ "agents", "line_probe", CONF_DURATION, 0, 1 * MS_S, 5 * MS_M, "15s", NULL,
  "An open line is asked this often whether it still lives.",
  "检测坐席线路是否存活的间隔。" },
/* ---- breaks ----------------------------------------------------------- */
{ "breaks", "label", CONF_TEXT, RE | NEEDED, 1, 39, NULL, NULL,
  "What the menu says, English.", "英文名称。" },
{ "breaks", "label_zh", CONF_TEXT, RE, 1, 39, NULL, NULL,
  "What the menu says, Chinese.", "中文名称。" },
{ "breaks", "budget", CONF_DURATION, RE, 0, 12 * MS_H, "0", NULL,
  "Allowed a day; 0 = not counted.", "每天允许的时长；0 = 不计。" },
{ "breaks", "tell", CONF_BOOL, RE, 0, 0, "no", NULL,
  "The supervisor is told when it begins.", "开始时通知班长。" },
/* ---- trunks ----------------------------------------------------------- */
{ "trunks", "uri", CONF_URI, NEEDED, 0, 0, NULL, NULL,
  "Where calls go, such as sip:gw.example.net:5060.",
  "线路地址，如 sip:gw.example.net:5060。" },
{ "trunks", "transport", CONF_WORD, 0, 0, 0, "udp", "udp|tcp|tls",
  "How it is reached.", "传输方式。" },
{ "trunks", "user", CONF_TEXT, 0, 1, 31, NULL, NULL,
  "User, if the carrier asks for a password.", "用户名（需认证时）。" },
{ "trunks", "password", CONF_TEXT, SECRET, 1, 79, NULL, NULL,
  "Its password: file:/path, credential:NAME, or the text itself.",
  "密码：file:/路径、credential:名称，或直接写出。" },
{ "trunks", "domain", CONF_TEXT, 0, 1, 150, NULL, NULL,
  "Domain of the caller's address (From). Unset: our own address.",
  "主叫地址的域。未设置时用本机地址。" },
{ "trunks", "caller_ids", CONF_E164, LIST, 0, 0, NULL, NULL,
  "Numbers that may be shown, used in turn (at most 16).",
  "可显示的主叫号码，轮流使用（最多 16 个）。" },
{ "trunks", "prefix", CONF_TEXT, 0, 1, 20, NULL, NULL,
  "Digits put before the number dialled.", "被叫号码前加的数字。" },
{ "trunks", "strip", CONF_INT, 0, 0, 10, "0", "digits",
  "Digits first taken off the E.164 number.", "先从号码去掉的位数。" },
{ "trunks", "weight", CONF_INT, 0, 1, 1000, "10", NULL,
  "Its share among the trunks in use.", "在用线路之间的权重。" },
{ "trunks", "standby", CONF_INT, 0, 0, 9, "0", NULL,
  "0 = in use; n = only when all trunks below n are out.",
  "0 = 在用；n = 仅当小于 n 的线路全部不可用时启用。" },
{ "trunks", "channels", CONF_INT, 0, 1, 10000, "30", "calls",
  "Calls at once.", "最大并发呼叫数。" },
{ "trunks", "cps", CONF_RATIO, 0, PPM_ONE / 10, 1000LL * PPM_ONE, "5", NULL,
  "New calls per second.", "每秒新呼叫数。" },
{ "trunks", "options", CONF_DURATION, 0, 0, 10 * MS_M, "30s", NULL,
  "Asked this often whether it is well (SIP OPTIONS); 0 = never.",
  "健康检测间隔（SIP OPTIONS）；0 = 不检测。" },
{ "trunks", "redirect", CONF_TEXT, LIST, 1, 150, NULL, NULL,
  "Hosts it may redirect calls to (3xx). Unset: redirects are refused.",
  "允许转向的主机（3xx）。未设置则拒绝转向。" },
{ "trunks", "verify", CONF_BOOL, 0, 0, 0, "yes", NULL,
  "A TLS trunk must show a certificate that fits.",
  "TLS 线路必须出示有效证书。" },
/* ---- campaigns -------------------------------------------------------- */
{ "campaign_defaults", "mode", CONF_WORD, RE, 0, 0, "progressive",
  "preview|progressive|predictive",
  "Who starts the calls, and when.", "外呼方式：预览、渐进、预测。" },
{ "campaign_defaults", "profile", CONF_WORD, RE, 0, 0, "cn",
  "none|cn|us|uk|eu_fr|eu_de",
  "Country whose rules are checked before each call.",
  "每次呼叫前检查的合规方案。" },
{ "campaign_defaults", "purpose", CONF_WORD, RE, 0, 0, "marketing",
  "marketing|service|callback|collection|survey|claims|pensions",
  "Why people are called; rules depend on it.", "外呼目的，规则随之不同。" },
{ "campaign_defaults", "abandon", CONF_PERCENT, RE, 0, 10 * PPM_PCT, "2.5%",
  NULL, "Predictive: answered calls that may find no agent. Never above "
  "the profile's limit.",
  "预测式：允许的呼损率，不会超过合规方案的上限。" },
{ "campaign_defaults", "abandon_held", CONF_WORD, RE, 0, 0, "always",
  "always|end",
  "Predictive: when that share is held: at every moment from 300 answers on, "
  "or at the end of the agents' `shift` only, for a little more talk; who "
  "stops before, or runs out of leads or agents, may be above it.",
  "预测式呼损率的达标方式：接通满 300 通后始终达标，或仅在当日班次（shift）结束时"
  "达标（通话略多；提前停止、名单或坐席不足时可能超标）。" },
{ "campaign_defaults", "wait", CONF_DURATION, RE, 500, 10 * MS_S, "2s", NULL,
  "An answered call without an agent for so long is abandoned.",
  "接通后超过此时间无坐席即为呼损。" },
{ "campaign_defaults", "lines", CONF_RATIO, RE, PPM_ONE, 20LL * PPM_ONE, "5",
  NULL, "At most so many lines per agent.", "每坐席最多线路数。" },
{ "campaign_defaults", "lines_max", CONF_INT, RE, 0, 60000, "0", "lines",
  "At most so many lines in all; 0 = no cap.", "总线路上限；0 = 不限。" },
{ "campaign_defaults", "hours", CONF_HOURS, LIST | RE, 0, 0, NULL, NULL,
  "Hours on the customer's clock, within the profile's: mon-fri 09:00-20:00.",
  "外呼时段（客户当地时间），在合规时段之内：mon-fri 09:00-20:00。" },
{ "campaign_defaults", "shift", CONF_HOURS, LIST | RE, 0, 0, NULL, NULL,
  "Hours its agents work, on the server's clock: mon-fri 09:00-18:00. What "
  "was saved of the abandonment budget is spent towards their end.",
  "坐席班次（服务器时间），如 mon-fri 09:00-18:00。留存的呼损额度在班次结束前用完。" },
{ "campaign_defaults", "weight", CONF_INT, RE, 1, 1000, "100", NULL,
  "Its part of the agents and lines it shares with other campaigns.",
  "与其他项目共用坐席和线路时所占的份额。" },
{ "campaign_defaults", "answer_model", CONF_BOOL, RE, 0, 0, "yes", NULL,
  "Each lead's own chance of an answer now, learned from the campaign's "
  "calls; used only while it foretells better than the plain rate.",
  "按名单学习此刻接听的可能性；仅在预测优于平均接通率时使用。" },
{ "campaign_defaults", "answer_order", CONF_BOOL, RE, 0, 0, "no", NULL,
  "Of leads with equal priority those likelier to answer now come first, "
  "while the model is in use.",
  "模型启用时，同优先级名单中更可能接听者先拨。" },
{ "campaign_defaults", "ring", CONF_DURATION, RE, 5 * MS_S, 2 * MS_M, "25s",
  NULL, "Ring so long, never below the profile's minimum.",
  "振铃时长，不低于合规方案的下限。" },
{ "campaign_defaults", "preview", CONF_DURATION, RE, 0, 30 * MS_M, "0", NULL,
  "Preview: dialled by itself after so long; 0 = the agent dials.",
  "预览式：超过此时间自动拨出；0 = 由坐席拨出。" },
{ "campaign_defaults", "wrap_mode", CONF_WORD, RE, 0, 0, "timed",
  "optional|free|timed|timed-all",
  "After the call: no need to choose, no limit, a limit, or the whole limit.",
  "话后整理：可不选结果、不限时、限时、必须满时。" },
{ "campaign_defaults", "wrap", CONF_DURATION, RE, 0, 30 * MS_M, "60s", NULL,
  "Limit of the wrap-up.", "话后整理时限。" },
{ "campaign_defaults", "wrap_more", CONF_DURATION, RE, 0, 30 * MS_M, "60s",
  NULL, "How much an agent may add to it in all.",
  "坐席最多可延长的总时间。" },
{ "campaign_defaults", "wrap_skip", CONF_BOOL, RE, 0, 0, "no", NULL,
  "A call whose outcome is complete at the hang-up needs no wrap-up.",
  "挂断时结果已完整则跳过话后整理。" },
{ "campaign_defaults", "answer", CONF_WORD, RE, 0, 0, "auto", "auto|manual",
  "Customers are joined by themselves, or when the agent presses Enter; "
  "`wait` and the profile's limit hold for both.",
  "客户自动接入，或由坐席按回车接听；两种方式都受 wait 和合规方案的时限约束。" },
{ "campaign_defaults", "frequency", CONF_INT, RE, 0, 100, "0", "calls",
  "Calls to one customer within `frequency_in`, beside the profile's own "
  "limit; 0 = none.",
  "一个客户在 frequency_in 内的呼叫次数上限（在合规方案之外）；0 = 无。" },
{ "campaign_defaults", "frequency_in", CONF_DURATION, RE, 1 * MS_M,
  365LL * MS_D, "3d", NULL,
  "The time `frequency` counts over.", "frequency 的统计时长。" },
{ "campaign_defaults", "attempts", CONF_INT, RE, 1, 50, "5", "calls",
  "Attempts per lead.", "每条名单的最多呼叫次数。" },
{ "campaign_defaults", "amd", CONF_BOOL, RE, 0, 0, "yes", NULL,
  "Listen for answering machines; in doubt the person is connected.",
  "识别语音信箱；不确定时按真人接入。" },
{ "campaign_defaults", "machine", CONF_WORD, RE, 0, 0, "hangup",
  "hangup|connect",
  "What becomes of a machine.", "识别为语音信箱后的处理。" },
{ "campaign_defaults", "recording", CONF_BOOL, RE, 0, 0, "yes", NULL,
  "Record every joined call.", "录制每个接通的通话。" },
{ "campaign_defaults", "safe_message", CONF_TEXT, RE, 1, 63, NULL, NULL,
  "Prompt played to an abandoned call (a file of media.prompts without "
  ".wav). Unset: the built-in one.",
  "呼损时播放的提示音（media.prompts 中的文件名，不带 .wav）。未设置时用内置。" },
{ "campaign_defaults", "transfer", CONF_WORD, RE, 0, 0, "listed",
  "none|inside|listed|any",
  "To whom agents may give a call: nobody; agents, supervisors, teams and "
  "queues; transfer_numbers as well; any number they type.",
  "坐席可转接的对象：不可转接、内部（坐席、班长、班组、队列）、加上 transfer_numbers、任意号码。" },
{ "campaign_defaults", "transfer_wait", CONF_DURATION, RE, 5 * MS_S, 5 * MS_M,
  "20s", NULL,
  "Nobody free, or a supervisor does not answer, for so long: the customer "
  "comes back to the agent.",
  "超过此时间无人空闲或班长未接，客户回到原坐席。" },
{ "campaign_defaults", "transfer_numbers", CONF_TEXT, LIST | RE, 4, 80, NULL,
  NULL,
  "Outside numbers calls may be given to: Name=+861012345678.",
  "可转接的外线号码：名称=+861012345678。" },
{ "campaign_defaults", "script", CONF_FILE, RE, 0, 0, NULL, NULL,
  "Script shown to the agent, see waihu-script(5).", "坐席话术文件。" },
{ "campaign_defaults", "caller_id", CONF_E164, RE, 0, 0, NULL, NULL,
  "Number shown. Unset: the trunk's numbers in turn.",
  "主叫号码。未设置时用线路的号码轮流显示。" },
{ "campaign_defaults", "trunks", CONF_REF, LIST | RE, 0, 0, NULL, "trunks",
  "Only these trunks. Unset: all.", "只用这些线路。未设置则全部可用。" },
/* ---- of each campaign alone ------------------------------------------- */
{ "campaigns", "label", CONF_TEXT, RE, 1, 59, NULL, NULL,
  "Name shown to people. Unset: its key.", "显示名称。未设置时用键名。" },
{ "campaigns", "label_zh", CONF_TEXT, RE, 1, 59, NULL, NULL,
  "Name on Chinese screens. Unset: label.",
  "中文界面显示的名称。未设置时用 label。" },
{ "campaigns", "lists", CONF_TEXT, LIST | RE | NEEDED, 1, 39, NULL, NULL,
  "Lists whose leads are called, by name (at most 32).",
  "所用名单的名称（最多 32 个）。" },
{ "campaigns", "start", CONF_BOOL, RE, 0, 0, "no", NULL,
  "Runs as soon as the server does; otherwise `waihu campaign start`.",
  "随服务器启动；否则用 waihu campaign start 启动。" },
};
/* clang-format on */

const struct conf_table server_options = {
	sections, ARRAY_LEN(sections), rows, ARRAY_LEN(rows)
};

struct told {
	const struct conf *c;
	conf_error_h *h;
	void *arg;
	unsigned count;
};

static void tell(struct told *t, const char *section, const char *inst,
		 const char *key, const char *text)
{
	struct conf_origin at = conf_origin(t->c, section, inst, key);

	t->count++;
	if (t->h)
		t->h(&at, gettext(text), t->arg);
}

static void check_server(struct told *t)
{
	const struct conf *c = t->c;
	char text[200];

	if (conf_int(c, "media", NULL, "port_max") <
	    conf_int(c, "media", NULL, "port_min") + 3)
		tell(t, "media", NULL, "port_max", "media: port_max: must be "
		     "at least port_min + 3 (a call needs two pairs)");
	if (conf_int(c, "server", NULL, "silent") <
	    2 * conf_int(c, "server", NULL, "heartbeat"))
		tell(t, "server", NULL, "silent", "server: silent: must be at "
		     "least two heartbeats, or a link flaps");
	if (!conf_is_set(c, "server", NULL, "key") !=
	    !conf_is_set(c, "server", NULL, "certificate"))
		tell(t, "server", NULL, "key", "server: certificate and key "
		     "go together");
	if (conf_list_len(c, "server", NULL, "listen") > LISTEN_MAX)
		tell(t, "server", NULL, "listen",
		     "server: listen: at most 6 addresses");
	for (size_t i = 0; i < conf_list_len(c, "server", NULL, "clients");
	     i++) {
		const char *s = conf_list_at(c, "server", NULL, "clients", i);
		struct conf_addr a;

		if (conf_addr_parse(s, &a) || !str_eq(a.proto, "tcp") ||
		    str_eq(a.host, "127.0.0.1") || str_eq(a.host, "::1") ||
		    str_eq(a.host, "localhost"))
			continue;
		str_fmt(text, sizeof(text), gettext("server: clients: %s would send "
			"passwords in clear text: use tls"), s);
		tell(t, "server", NULL, "clients", text);
	}
	if (conf_count(c, "breaks") > BREAKS_MAX)
		tell(t, "breaks", conf_instance(c, "breaks", BREAKS_MAX),
		     "label", "breaks: at most 9, one for each digit");
}

/* What a room has place for; more would be left out without a word. */
static const struct {
	const char *section, *key;
	size_t max;
} limits[] = {
	{ "trunks",    "caller_ids", CALLERS_MAX },
	{ "trunks",    "redirect",   4 },	/* DIAL_REDIRECT_MAX       */
	{ "campaigns", "lists",      OPT_LISTS_MAX },
	{ "campaigns", "trunks",     16 },	/* FLOOR_TRUNKS            */
	{ "campaigns", "hours",      8 },	/* GATE_HOURS_MAX          */
};

/* `one`: the section's word for one of its entries. */
static void check_lengths(struct told *t, const char *section,
			  const char *one, const char *name)
{
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		size_t n;

		if (!str_eq(limits[i].section, section))
			continue;
		n = conf_list_len(t->c, section, name, limits[i].key);
		if (n <= limits[i].max)
			continue;
		str_fmt(text, sizeof(text), gettext("%s \"%s\": %s: %zu of them, at "
			"most %zu"), one, name, limits[i].key, n,
			limits[i].max);
		tell(t, section, name, limits[i].key, text);
	}
}

static void check_trunk(struct told *t, const char *name)
{
	char text[200];

	check_lengths(t, "trunks", "trunk", name);
	if (conf_is_set(t->c, "trunks", name, "password") &&
	    !conf_is_set(t->c, "trunks", name, "user")) {
		str_fmt(text, sizeof(text), gettext("trunk \"%s\": password: there "
			"is no user to it"), name);
		tell(t, "trunks", name, "password", text);
	}
}

static void check_agents(struct told *t)
{
	char text[200];

	for (size_t i = 0; i < conf_list_len(t->c, "agents", NULL, "phones");
	     i++) {
		const char *s = conf_list_at(t->c, "agents", NULL, "phones",
					     i);

		if (staff_is_net(s))
			continue;
		str_fmt(text, sizeof(text), "agents: phones: %s: should be "
			"192.0.2.0/24, an address or a host name", s);
		tell(t, "agents", NULL, "phones", text);
	}
}

/* "Name=+8610...": a name, and digits. */
static bool is_listed_number(const char *s)
{
	const char *eq = strrchr(s, '=');
	size_t digits;

	if (!eq || eq == s || eq[1] != '+')
		return false;
	digits = strspn(eq + 2, "0123456789");
	return digits >= 7 && digits <= 15 && !eq[2 + digits];
}

static void check_campaign(struct told *t, const char *name)
{
	const struct conf *c = t->c;
	char text[200];

	check_lengths(t, "campaigns", "campaign", name);
	for (size_t i = 0; i < conf_list_len(c, "campaigns", name,
					     "transfer_numbers"); i++) {
		const char *s = conf_list_at(c, "campaigns", name,
					     "transfer_numbers", i);

		if (is_listed_number(s))
			continue;
		str_fmt(text, sizeof(text), gettext("campaign \"%s\": "
			"transfer_numbers: %s: should be Name=+861012345678"),
			name, s);
		tell(t, "campaigns", name, "transfer_numbers", text);
	}

	if (conf_word(c, "campaigns", name, "mode") == OPT_PREDICTIVE &&
	    !conf_int(c, "campaigns", name, "abandon")) {
		str_fmt(text, sizeof(text), gettext("campaign \"%s\": abandon: "
			"predictive dialling needs a target above 0%%"), name);
		tell(t, "campaigns", name, "abandon", text);
	}
	if (conf_word(c, "campaigns", name, "abandon_held") == 1 &&
	    !conf_list_len(c, "campaigns", name, "shift")) {
		str_fmt(text, sizeof(text), gettext("campaign \"%s\": "
			"abandon_held: end needs the shift it is held at the "
			"end of"), name);
		tell(t, "campaigns", name, "abandon_held", text);
	}
	if (conf_word(c, "campaigns", name, "wrap_mode") >= OPT_WRAP_TIMED &&
	    !conf_int(c, "campaigns", name, "wrap")) {
		str_fmt(text, sizeof(text), gettext("campaign \"%s\": wrap: a timed "
			"wrap-up needs a limit"), name);
		tell(t, "campaigns", name, "wrap", text);
	}
}

enum err options_check(const struct conf *c, conf_error_h *h, void *arg)
{
	struct told t = { c, h, arg, 0 };

	check_server(&t);
	check_agents(&t);
	for (size_t i = 0; i < conf_count(c, "trunks"); i++)
		check_trunk(&t, conf_instance(c, "trunks", i));
	for (size_t i = 0; i < conf_count(c, "campaigns"); i++)
		check_campaign(&t, conf_instance(c, "campaigns", i));
	return t.count ? ERR_FORMAT : ERR_OK;
}
