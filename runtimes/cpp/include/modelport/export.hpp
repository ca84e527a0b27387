// SPDX-License-Identifier: Apache-2.0
// Marks what a shared library shows to its users; nothing in a static one, so that it never leaks into theirs.
#pragma once

#if !defined(MODELPORT_SHARED)
#define MODELPORT_API
#elif !defined(_WIN32)
#define MODELPORT_API __attribute__((visibility("default")))
#elif defined(MODELPORT_BUILDING)
#define MODELPORT_API __declspec(dllexport)
#else
#define MODELPORT_API __declspec(dllimport)
#endif
