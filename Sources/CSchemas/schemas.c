// SPDX-License-Identifier: MIT-0
//
// The files of fixtures/schemas, as they are when this is compiled. To add one, give it two lines below.
#include "CSchemas.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char bfd_text[] = {
#embed "../../fixtures/schemas/bfd.json"
    , 0};
static const char cause_text[] = {
#embed "../../fixtures/schemas/cause.json"
    , 0};
static const char doctor_text[] = {
#embed "../../fixtures/schemas/doctor.json"
    , 0};
static const char down_text[] = {
#embed "../../fixtures/schemas/down.json"
    , 0};
static const char error_text[] = {
#embed "../../fixtures/schemas/error.json"
    , 0};
static const char event_text[] = {
#embed "../../fixtures/schemas/event.json"
    , 0};
static const char failover_text[] = {
#embed "../../fixtures/schemas/failover.json"
    , 0};
static const char fault_text[] = {
#embed "../../fixtures/schemas/fault.json"
    , 0};
static const char list_faults_text[] = {
#embed "../../fixtures/schemas/list-faults.json"
    , 0};
static const char logs_text[] = {
#embed "../../fixtures/schemas/logs.json"
    , 0};
static const char neighbors_text[] = {
#embed "../../fixtures/schemas/neighbors.json"
    , 0};
static const char plan_text[] = {
#embed "../../fixtures/schemas/plan.json"
    , 0};
static const char restore_text[] = {
#embed "../../fixtures/schemas/restore.json"
    , 0};
static const char rib_text[] = {
#embed "../../fixtures/schemas/rib.json"
    , 0};
static const char run_text[] = {
#embed "../../fixtures/schemas/run.json"
    , 0};
static const char schemas_text[] = {
#embed "../../fixtures/schemas/schemas.json"
    , 0};
static const char script_text[] = {
#embed "../../fixtures/schemas/script.json"
    , 0};
static const char self_test_text[] = {
#embed "../../fixtures/schemas/self-test.json"
    , 0};
static const char sequence_text[] = {
#embed "../../fixtures/schemas/sequence.json"
    , 0};
static const char setting_text[] = {
#embed "../../fixtures/schemas/setting.json"
    , 0};
static const char status_text[] = {
#embed "../../fixtures/schemas/status.json"
    , 0};
static const char sweep_text[] = {
#embed "../../fixtures/schemas/sweep.json"
    , 0};
static const char tables_text[] = {
#embed "../../fixtures/schemas/tables.json"
    , 0};
static const char trial_text[] = {
#embed "../../fixtures/schemas/trial.json"
    , 0};
static const char up_text[] = {
#embed "../../fixtures/schemas/up.json"
    , 0};
static const char validate_text[] = {
#embed "../../fixtures/schemas/validate.json"
    , 0};

static const struct rslab_schema schemas[] = {
    {"bfd", bfd_text},
    {"cause", cause_text},
    {"doctor", doctor_text},
    {"down", down_text},
    {"error", error_text},
    {"event", event_text},
    {"failover", failover_text},
    {"fault", fault_text},
    {"list-faults", list_faults_text},
    {"logs", logs_text},
    {"neighbors", neighbors_text},
    {"plan", plan_text},
    {"restore", restore_text},
    {"rib", rib_text},
    {"run", run_text},
    {"schemas", schemas_text},
    {"script", script_text},
    {"self-test", self_test_text},
    {"sequence", sequence_text},
    {"setting", setting_text},
    {"status", status_text},
    {"sweep", sweep_text},
    {"tables", tables_text},
    {"trial", trial_text},
    {"up", up_text},
    {"validate", validate_text},
};

size_t rslab_schema_count(void) { return sizeof schemas / sizeof schemas[0]; }

struct rslab_schema rslab_schema_at(size_t index) { return schemas[index]; }
