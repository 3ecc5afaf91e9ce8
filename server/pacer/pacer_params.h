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
	X(yield_prior_n,    12.0, "weight of it [abandoned calls]")           \
	X(yield_window,    150.0, "its forgetting [abandoned calls]")         \
	X(theta_top,         0.5, "highest risk limit of all: on a floor of "  \
				  "a thousand the even one is 0.3, and twice "\
				  "that would bound nothing")                 \
	X(clump,             0.6, "variance / mean of abandoned calls is the "\
				  "root of 1 + this x answers a ring time")   \
	X(margin,            0.8, "credit not spent [clumps]; at 0.45 one "   \
				  "of 100 campaigns of 5 agents ended above "  \
				  "its target, at 0.8 none of 200")           \
	X(margin_air,        0.1, "and this for each answer expected of the " \
				  "lines in the air")                         \
	X(spend_min,       0.005, "least risk with credit left [of the even " \
				  "one]: next to nothing is lost there and "  \
				  "four fifths of the talk are kept")         \
	X(spend_max,         2.0, "most risk [of the even one]: at the end of " \
				  "a day what is left is spent slowly, for "  \
				  "two or three may be lost at once")         \
	X(end_sure,          0.9, "share of the credit to come that is counted "\
				  "on, where only the end is held")           \
	X(end_margin,        0.6, "credit not spent there, of which only "    \
				  "whole calls count [clumps]; 0.2 here and "  \
				  "below ended 4 of 480 days above")          \
	X(end_margin_air,    0.6, "and this for each answer expected of the "  \
				  "lines in the air")                         \
	X(warm_answers,    300.0, "answers from which the target holds at "   \
				  "every moment")                             \
	X(cold,              0.8, "before: credit as good as none there "     \
				  "[root of what is still earned by then]; "  \
				  "by the equation of pacer_price.c")         \
	X(first_spend,       1.0, "least spending speed at the first answer, " \
				  "so that a floor that knows nothing yet "   \
				  "has work")                                 \
	X(first_answers,    60.0, "answers over which it falls to 0")         \
	X(first_debt,       0.10, "overspending at which it is 0 [credit of " \
				  "the first warm_answers]")                  \
	X(end_first_spend,   2.5, "the same three where only the end is held:"\
				  " speed,")                                  \
	X(end_first_answers, 120.0, "answers,")                               \
	X(end_first_debt,    0.2, "overspending")                             \
	X(debt,              1.5, "debt of an unlucky start, paid back at "   \
				  "spend_min [clumps]")                       \
	X(debt_root,         0.3, "and this [sqrt(whole budget)]")            \
	X(debt_share,       0.15, "share of the campaign until it is 0, at "  \
				  "least twice warm_answers")                 \
	X(quarter_spend,     0.2, "risk after a bad quarter of an hour [of "  \
				  "the even one]")                            \
	X(quarter_max,       2.5, "last quarter's abandon rate that is bad "  \
				  "[targets]")                                \
	X(quarter_top,       4.0, "no quarter of an hour is above [targets]") \
	X(quarter_room,      1.0, "room kept below it, or spend_min [clumps]") \
	X(quarter_first,     1.0, "... once so many calls were abandoned in it")\
	X(quarter_agents,   12.0, "with this many agents or more; with 10 it "\
				  "took 1.6 % of the talk at a target of 1 %")

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
