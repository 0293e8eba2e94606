#pragma once

// Every chart of the room.
#include "atelier/report/bar_chart.h"
#include "atelier/report/chart_text.h"
#include "atelier/report/line_chart.h"
#include "atelier/report/scatter_chart.h"
