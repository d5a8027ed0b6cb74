/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_text.h  Foreign text for a terminal: harmless, and as wide as it says
 *
 * Names of rooms and people come from strangers.  Nothing in them may move the cursor, turn
 * the text around it or pile marks over other lines.
 *
 * Widths are those of wcwidth(), so the locale must know UTF-8.
 *
 * Threads: any.
 */
#ifndef MCU_CTL_CTL_TEXT_H
#define MCU_CTL_CTL_TEXT_H

#include <stddef.h>

enum {
    CTL_TEXT_MARKS_MAX = 3,    /**< Combining characters that stay over one */
    CTL_TEXT_FIGURE_SIZE = 32, /**< Room for a figure with its unit */
};

/**
 * Clean a text: white space becomes a space; control, bidirectional and invisible format
 * characters are dropped; what is not UTF-8 becomes U+FFFD.  What needs more than @p columns
 * ends with "...".
 *
 * @param buf  Gets valid UTF-8 with its NUL, cut at @p size
 *
 * @return buf
 */
char *ctl_text_clean(char *buf, size_t size, const char *text, unsigned columns);

/** Columns that a cleaned text takes. */
unsigned ctl_text_width(const char *text);

/** Bits a second for a narrow column: "1.2M".  @param buf  CTL_TEXT_FIGURE_SIZE bytes  @return buf
 */
char *ctl_text_rate(char *buf, double bps);
/** "1.2 MiB".  @param buf  CTL_TEXT_FIGURE_SIZE bytes  @return buf */
char *ctl_text_bytes(char *buf, double bytes);
/** "2h 03m".  @param buf  CTL_TEXT_FIGURE_SIZE bytes  @return buf */
char *ctl_text_duration(char *buf, double seconds);
/** "0.3 %"; "-" for less than 0.  @param buf  CTL_TEXT_FIGURE_SIZE bytes  @return buf */
char *ctl_text_percent(char *buf, double ratio);

#endif
