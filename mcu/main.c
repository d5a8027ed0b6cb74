/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/main.c  Arguments, configuration, start, signals, stop
 */
int main(void)
{
    return 0;
}
