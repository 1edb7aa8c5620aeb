/* z3_calls.h - calls of z3 go by way of the table.
 * May include: compiler/analyse/z3_table. Only the solver's files include this.
 * Start at z3.def. */
#ifndef KL_COMPILER_ANALYSE_Z3_CALLS_H
#define KL_COMPILER_ANALYSE_Z3_CALLS_H

#include "compiler/analyse/z3_table.h"

#define Z3_ast_vector_dec_ref kl_z3.Z3_ast_vector_dec_ref
#define Z3_ast_vector_get kl_z3.Z3_ast_vector_get
#define Z3_ast_vector_inc_ref kl_z3.Z3_ast_vector_inc_ref
#define Z3_ast_vector_size kl_z3.Z3_ast_vector_size
#define Z3_del_config kl_z3.Z3_del_config
#define Z3_del_context kl_z3.Z3_del_context
#define Z3_get_ast_kind kl_z3.Z3_get_ast_kind
#define Z3_get_bool_value kl_z3.Z3_get_bool_value
#define Z3_get_error_code kl_z3.Z3_get_error_code
#define Z3_get_numeral_int64 kl_z3.Z3_get_numeral_int64
#define Z3_mk_add kl_z3.Z3_mk_add
#define Z3_mk_and kl_z3.Z3_mk_and
#define Z3_mk_bool_sort kl_z3.Z3_mk_bool_sort
#define Z3_mk_config kl_z3.Z3_mk_config
#define Z3_mk_context kl_z3.Z3_mk_context
#define Z3_mk_div kl_z3.Z3_mk_div
#define Z3_mk_eq kl_z3.Z3_mk_eq
#define Z3_mk_false kl_z3.Z3_mk_false
#define Z3_mk_fresh_const kl_z3.Z3_mk_fresh_const
#define Z3_mk_ge kl_z3.Z3_mk_ge
#define Z3_mk_gt kl_z3.Z3_mk_gt
#define Z3_mk_iff kl_z3.Z3_mk_iff
#define Z3_mk_implies kl_z3.Z3_mk_implies
#define Z3_mk_int64 kl_z3.Z3_mk_int64
#define Z3_mk_int_sort kl_z3.Z3_mk_int_sort
#define Z3_mk_ite kl_z3.Z3_mk_ite
#define Z3_mk_le kl_z3.Z3_mk_le
#define Z3_mk_lt kl_z3.Z3_mk_lt
#define Z3_mk_mod kl_z3.Z3_mk_mod
#define Z3_mk_mul kl_z3.Z3_mk_mul
#define Z3_mk_not kl_z3.Z3_mk_not
#define Z3_mk_or kl_z3.Z3_mk_or
#define Z3_mk_params kl_z3.Z3_mk_params
#define Z3_mk_simple_solver kl_z3.Z3_mk_simple_solver
#define Z3_mk_string_symbol kl_z3.Z3_mk_string_symbol
#define Z3_mk_sub kl_z3.Z3_mk_sub
#define Z3_mk_true kl_z3.Z3_mk_true
#define Z3_mk_unary_minus kl_z3.Z3_mk_unary_minus
#define Z3_mk_xor kl_z3.Z3_mk_xor
#define Z3_model_dec_ref kl_z3.Z3_model_dec_ref
#define Z3_model_eval kl_z3.Z3_model_eval
#define Z3_model_inc_ref kl_z3.Z3_model_inc_ref
#define Z3_params_dec_ref kl_z3.Z3_params_dec_ref
#define Z3_params_inc_ref kl_z3.Z3_params_inc_ref
#define Z3_params_set_uint kl_z3.Z3_params_set_uint
#define Z3_set_error_handler kl_z3.Z3_set_error_handler
#define Z3_solver_assert kl_z3.Z3_solver_assert
#define Z3_solver_check_assumptions kl_z3.Z3_solver_check_assumptions
#define Z3_solver_dec_ref kl_z3.Z3_solver_dec_ref
#define Z3_solver_get_model kl_z3.Z3_solver_get_model
#define Z3_solver_get_unsat_core kl_z3.Z3_solver_get_unsat_core
#define Z3_solver_inc_ref kl_z3.Z3_solver_inc_ref
#define Z3_solver_reset kl_z3.Z3_solver_reset
#define Z3_solver_set_params kl_z3.Z3_solver_set_params

#endif
