// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/**
 * Finds tokens with a compiled pattern: a backtracking machine whose instructions are four numbers
 * each. Not thread-safe: it keeps its stack.
 *
 * <p>{@code docs/text.md} says what each instruction does.
 */
final class TokenFinder {
  private static final int MATCH = 0;
  private static final int CLASS = 1;
  private static final int REPEAT = 2;
  private static final int LAZY = 3;
  private static final int SPLIT = 4;
  private static final int JUMP = 5;
  private static final int GROUP = 6;
  private static final int BOUNDARY = 7;
  private static final int BEGIN = 8;
  private static final int END = 9;
  private static final int LAST = 10;
  private static final int LINE_BEGIN = 11;
  private static final int LINE_END = 12;
  private static final int LOOK = 13;
  private static final int BACK = 2;

  private final int[] code;
  private final CodeSet[] sets;
  private int[] text;
  private int length;
  private int groupBegin;
  private int groupEnd;
  // What is left to try: an instruction, a position, and up to which other position, one by one.
  private int[] waiting = new int[96];
  private int depth;

  /** Begin and end of each token that was found, in turn. */
  int[] spans = new int[64];

  int count;

  TokenFinder(int[] code, CodeSet[] sets) {
    this.code = code;
    this.sets = sets;
  }

  /** Finds all tokens from left to right, none overlapping, into {@link #spans}. */
  void find(CodeText in) {
    text = in.codes;
    length = in.length;
    count = 0;
    groupBegin = -1;
    for (int start = 0; start < length; ) {
      int end = match(0, start);
      if (end < 0) {
        start++;
        continue;
      }
      if (2 * count + 2 > spans.length) {
        spans = Arrays.copyOf(spans, 2 * spans.length);
      }
      spans[2 * count] = groupBegin < 0 ? start : groupBegin;
      spans[2 * count + 1] = groupBegin < 0 ? end : groupEnd;
      count++;
      start = end;
    }
  }

  /** Returns the end of the match at a position, -1 when there is none. */
  private int match(int first, int position) {
    int floor = depth;
    push(first, position, position);
    while (depth > floor) {
      depth -= 3;
      int pc = waiting[depth];
      int at = waiting[depth + 1];
      int bound = waiting[depth + 2];
      if (bound > at) {
        push(pc, at + 1, bound);
      } else if (bound < at) {
        push(pc, at - 1, bound);
      }
      int end = run(pc, at);
      if (end >= 0) {
        depth = floor;
        return end;
      }
    }
    return -1;
  }

  private int run(int first, int position) {
    int pc = 4 * first;
    int at = position;
    while (true) {
      int op = code[pc];
      int a = code[pc + 1];
      int b = code[pc + 2];
      int c = code[pc + 3];
      pc += 4;
      switch (op) {
        case MATCH -> {
          return at;
        }
        case CLASS -> {
          if (at == length || !sets[a].contains(text[at])) {
            return -1;
          }
          at++;
        }
        case REPEAT, LAZY -> {
          int most = c > length - at ? length : at + c;
          int end = at;
          while (end < most && sets[a].contains(text[end])) {
            end++;
          }
          if (end - at < b) {
            return -1;
          }
          int least = at + b;
          if (op == REPEAT && end > least) {
            push(pc / 4, end - 1, least);
          } else if (op == LAZY && end > least) {
            push(pc / 4, least + 1, end);
          }
          at = op == REPEAT ? end : least;
        }
        case SPLIT -> {
          push(b, at, at);
          pc = 4 * a;
        }
        case JUMP -> pc = 4 * a;
        case GROUP -> {
          if (a == 0) {
            groupBegin = at;
          } else {
            groupEnd = at;
          }
        }
        case LOOK -> {
          int start = (a & BACK) == 0 ? at : at - b;
          boolean matched = start >= 0 && match(pc / 4, start) >= 0;
          if (matched == ((a & 1) != 0)) {
            return -1;
          }
          pc = 4 * c;
        }
        default -> {
          if (!holds(op, a, b, at)) {
            return -1;
          }
        }
      }
    }
  }

  private boolean holds(int op, int a, int b, int at) {
    return switch (op) {
      case BOUNDARY -> {
        boolean before = at > 0 && sets[a].contains(text[at - 1]);
        boolean after = at < length && sets[a].contains(text[at]);
        yield (before != after) != (b != 0);
      }
      case BEGIN -> at == 0;
      case END -> at == length;
      case LAST -> at == length || at == length - 1 && text[at] == '\n';
      case LINE_BEGIN -> at == 0 || text[at - 1] == '\n';
      case LINE_END -> at == length || text[at] == '\n';
      default -> throw new IllegalStateException("text.bin holds the unknown instruction " + op);
    };
  }

  private void push(int pc, int at, int bound) {
    if (depth + 3 > waiting.length) {
      waiting = Arrays.copyOf(waiting, 2 * waiting.length);
    }
    waiting[depth++] = pc;
    waiting[depth++] = at;
    waiting[depth++] = bound;
  }
}
