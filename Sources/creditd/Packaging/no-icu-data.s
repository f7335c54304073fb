# ICU's "stubdata": a table of contents without entries, in place of the 34 MB of locales, calendars and collations that
# Foundation brings along and nothing here reads. `--wrap=icudt76_dat` has the linker take it. The name carries ICU's
# version: where Swift has another, the program is as right, and larger by the 34 MB.

        .section .rodata
        .balign 16
        .global __wrap_icudt76_dat
        .type   __wrap_icudt76_dat, %object
__wrap_icudt76_dat:
        .short  32                      # headerSize
        .byte   0xda, 0x27              # magic
        .short  20, 0                   # UDataInfo: its size
        .byte   0, 0, 2, 0              # little endian, ASCII, two bytes a UChar
        .ascii  "ToCP"                  # dataFormat
        .byte   1, 0, 0, 0              # formatVersion
        .byte   0, 0, 0, 0              # dataVersion
        .skip   8                       # up to headerSize
        .long   0, 0                    # count, reserved
        .quad   0, 0
        .size   __wrap_icudt76_dat, . - __wrap_icudt76_dat
        .section .note.GNU-stack, "", %progbits
