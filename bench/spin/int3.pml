/*
 * The INT3 protocol of x86 text patching, modelled by hand: the peer that RcuEmu's search of the real bytes is compared with.
 * Facts: arch/x86/kernel/alternative.c (6.12), text_poke_bp_batch(), poke_int3_handler(); SDM Vol. 3A, "Handling Self- and
 * Cross-Modifying Code". CORES cores run a 5-byte callsite LOOPS times each while a writer turns it from NOP to CALL and back.
 *
 * A core's fetch returns, for the first byte and for the tail separately, the newest value or one that it may still hold since
 * its last serialising event: each of the two keeps a stale copy that only sync_core drops.
 */
#ifndef CORES
#define CORES 3
#endif
#ifndef LOOPS
#define LOOPS 3
#endif

#define NOP  0
#define CALL 1
#define INT3 2

byte first = NOP;       /* byte 0 of the callsite */
byte tail = NOP;        /* bytes 1 to 4 */
byte refs = 0;          /* bp_desc.refs */
byte target = NOP;      /* what the handler emulates */
byte stale_first[CORES];
byte stale_tail[CORES];
bit pending[CORES];     /* sync_core IPI */
bit masked[CORES];      /* in the handler */

inline serialise(c) { stale_first[c] = first; stale_tail[c] = tail; }

inline fetch(c, b, t)
{
    if
    :: b = first
    :: b = stale_first[c]
    fi;
    if
    :: t = tail
    :: t = stale_tail[c]
    fi
}

proctype executor(byte c)
{
    byte loop = 0, b, t;
    do
    :: loop < LOOPS ->
        if
        :: atomic { pending[c] -> pending[c] = 0; serialise(c) }
        :: atomic {
               fetch(c, b, t);
               if
               :: b == INT3 -> masked[c] = 1; serialise(c)
               :: else -> assert(b == t)    /* a torn instruction is neither the old nor the new one */
               fi
           };
           if
           :: b == INT3 ->
               /* the handler: reference, lookup, emulation, reference */
               atomic { assert(refs > 0); refs++ };
               t = target;
               atomic { assert(t == NOP || t == CALL) };
               atomic { refs--; serialise(c); masked[c] = 0 }
           :: else -> skip
           fi;
           loop++
        fi
    :: else -> break
    od;
    /* the rest of the life of the core: it only takes interrupts */
end:
    do
    :: atomic { pending[c] -> pending[c] = 0; serialise(c) }
    od
}

inline sync_all()
{
    atomic { i = 0; do :: i < CORES -> pending[i] = 1; i++ :: else -> break od };
    i = 0;
    do
    :: i < CORES -> (!pending[i]); i++
    :: else -> break
    od
}

inline poke(what)
{
    atomic { target = what; refs = 1 };
    first = INT3;
    sync_all();
    tail = what;
    sync_all();
    first = what;
    sync_all();
    refs--;
    (refs == 0)
}

proctype writer()
{
    byte i;
    poke(CALL);
    poke(NOP)
}

init
{
    byte c = 0;
    atomic {
        do :: c < CORES -> run executor(c); c++ :: else -> break od;
        run writer()
    }
}
