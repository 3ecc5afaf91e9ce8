/*
 * server/pacer/pacer_params -- every number of the pacer, in one table.
 *
 * Values without another source were found by measuring (tests/pacer,
 * `bench_pacer`): many 8-hour campaigns, the same random numbers for each
 * value tried.  S(t) is survival, H(t) cumulative hazard.
 */
#ifndef PACER_PACER_PARAMS_H
#define PACER_PACER_PARAMS_H

/*      name            default  meaning [unit]; source                       */
#define PACER_PARAMS(X)                                                       \
	/* learning: answer rate p */                                         \
	X(p_prior,          0.25, "answer rate before any call")              \
	X(p_prior_n,         4.0, "weight of it [calls]; Beta prior")         \
	X(p_window_1,       25.0, "forgetting, fastest model [calls]")        \
	X(p_window_2,      100.0, "forgetting, second model [calls]")         \
	X(p_window_3,      400.0, "forgetting, third model [calls]")          \
	X(p_window_4,     1600.0, "forgetting, slowest model [calls]")        \
	X(p_lines,          12.0, "lines in the air above which the memories "\
				  "stretch in proportion")                    \
	X(p_green,          12.0, "ring times learned until p may be below "  \
				  "its prior")                                \
	X(p_prefer,          3.0, "log odds in favour of each slower model")  \
	X(p_memory,         60.0, "memory of each model's fit [calls]; "      \
				  "Bayesian model averaging with forgetting, " \
				  "Raftery, Karny, Ettler 2010")              \
	X(p_recent,          4.0, "older outcomes weigh at most this often "  \
				  "those of the lines not yet learned")       \
	X(p_recent_n,      200.0, "... or this many calls")                   \
	X(p_dead,            8.0, "hits missing in a row, by the slow p, that "\
				  "mean a dead trunk and not bad leads; times "\
				  "the root of the stretch of the memories")  \
	X(p_sd,              1.0, "two-point rule: p -+ p_sd standard errors") \
	/* learning: times */                                                 \
	X(ring_prior_n,      6.0, "weight of the ring time prior [calls]")    \
	X(ring_window,    1000.0, "forgetting of ring times [calls]")         \
	X(talk_prior_s,     90.0, "mean talk before any call [s]")            \
	X(wrap_prior_s,     12.0, "mean wrap-up before any call [s]")         \
	X(time_prior_n,      3.0, "weight of these means [calls]")            \
	X(talk_smooth,       2.0, "pseudo events a bin, talk; Gamma prior of " \
				  "a piecewise constant hazard")              \
	X(wrap_smooth,       0.3, "pseudo events a bin, wrap-up")             \
	X(time_window,     500.0, "forgetting of talk and wrap [calls]")      \
	X(drift_window,     40.0, "forgetting of the drift factor observed / " \
				  "expected ends [calls]; proportional "      \
				  "hazards, Cox 1972")                        \
	X(drift_prior_n,    10.0, "weight of drift factor 1 [calls]")         \
	X(refresh_s,         2.0, "age of the prediction tables [s]")         \
	/* risk */                                                            \
	X(horizon_shift,     1.0, "share of the patience a caller waits when " \
				  "an agent's end is predicted")              \
	X(cascade_agents,   15.0, "agents at which half of the risk of taking"\
				  " a later caller's agent counts")           \
	X(exact_work,     9000.0, "Poisson-binomial exact up to this many "   \
				  "servers x agents; else refined normal, "   \
				  "Hong 2013 eq. 14")                         \
	X(lines_per_agent,  25.0, "never more lines in the air per agent")    \
	/* budget */                                                          \
	X(theta_fix,         0.0, "risk limit whatever the budget says [0 = "  \
				  "off]; for forecasts")                      \
	X(yield_start,       1.2, "first guess of abandoned / sum of risk "   \
				  "limits at the answers")                    \
	X(yield_prior_n,     8.0, "weight of it [abandoned calls]")           \
	X(yield_window,     80.0, "its forgetting [abandoned calls]")         \
	X(theta_max,         3.0, "highest risk limit [targets]")             \
	X(buffer,           0.22, "credit aimed at above the gate at half "   \
				  "time [budget^0.8]")                        \
	X(span,              1.5, "credit for a factor e in risk [calls / "   \
				  "(target x answered)^(2/3)]")               \
	X(span_end,          0.5, "span at most this share of the budget to " \
				  "come")                                     \
	X(span_min,          2.0, "least span [calls]")                       \
	X(span_all,         0.02, "and this share of the whole budget more")  \
	X(gate,              1.5, "credit below which no risk is taken "      \
				  "[calls]")                                  \
	X(reserve,           1.0, "and this for each answer expected of the " \
				  "lines in the air, lost together if at all")\
	X(gate_share,        0.2, "risk below the gate [of the usual risk]: " \
				  "next to no calls are lost there, and most "\
				  "of the talk is kept")                      \
	X(payback,          0.6, "share of the budget to come that could pay "\
				  "for a call lost now; nothing is risked "   \
				  "when credit and it are less than the gate")\
	X(last,              0.6, "share of the gate below which nothing is "  \
				  "risked at the very end")                   \
	X(grace,             0.3, "credit lent to a cold campaign above the " \
				  "gate [sqrt(whole budget)]")                     \
	X(grace_answers,   300.0, "answers until it is given back, at least") \
	X(grace_share,      0.12, "... or this share of the campaign")        \
	X(quarter_max,       2.5, "last quarter's abandon rate at which no "  \
				  "risk is taken [targets]")

struct pacer_params {
#define X(name, value, doc) double name;
	PACER_PARAMS(X)
#undef X
};

extern const struct pacer_params pacer_params_default;

/* For the manual page and for tuning: name, default and text of row i;
 * false past the end.  Any of the pointers may be NULL. */
_Bool pacer_params_row(unsigned i, const char **name, double *value,
		       const char **doc);
/* The member called name, or NULL. */
double *pacer_params_find(struct pacer_params *p, const char *name);

#endif
