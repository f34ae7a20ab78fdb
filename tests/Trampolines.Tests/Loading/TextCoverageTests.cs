using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>How much of Debian's kernels is executed, and that all of what patching and Tasks RCU run is.</summary>
public sealed class TextCoverageTests
{
    // Functions around text patching, ftrace, Tasks RCU, kprobes, livepatch, BPF trampolines, scheduling and what they trace. Names that a
    // series does not have are passed over; compilers add suffixes.
    private static readonly string[] Closure =
    [
        "__fentry__", "ftrace_caller", "ftrace_regs_caller", "ftrace_stub", "ftrace_stub_direct_tramp", "return_to_handler", "arch_rethook_trampoline",
        "ftrace_modify_all_code", "arch_ftrace_update_code", "ftrace_replace_code", "ftrace_make_call", "ftrace_make_nop", "ftrace_update_ftrace_func",
        "ftrace_ops_list_func", "arch_ftrace_ops_list_func", "arch_ftrace_update_trampoline", "create_trampoline", "ftrace_startup", "ftrace_shutdown",
        "prepare_ftrace_return", "function_graph_enter", "function_graph_enter_regs", "register_ftrace_function", "unregister_ftrace_function",
        "text_poke", "__text_poke", "text_poke_queue", "text_poke_finish", "text_poke_bp", "text_poke_bp_batch", "text_poke_loc_init", "text_poke_sync",
        "poke_int3_handler", "smp_text_poke_batch_add", "smp_text_poke_batch_finish", "smp_text_poke_single", "smp_text_poke_int3_handler",
        "smp_text_poke_sync_each_cpu", "text_poke_copy", "text_poke_set", "sync_core_before_usermode", "do_sync_core", "exc_int3", "asm_exc_int3",
        "rcu_tasks_kthread", "rcu_tasks_one_gp", "rcu_tasks_wait_gp", "rcu_tasks_pertask", "rcu_tasks_postscan", "check_all_holdout_tasks",
        "check_holdout_task", "check_all_holdout_tasks_trace", "call_rcu_tasks", "call_rcu_tasks_generic", "synchronize_rcu_tasks",
        "synchronize_rcu_tasks_generic", "rcu_barrier_tasks", "rcu_tasks_invoke_cbs", "rcu_tasks_invoke_cbs_wq", "exit_tasks_rcu_start",
        "exit_tasks_rcu_finish", "rcu_note_context_switch", "rcu_read_unlock_trace_special", "synchronize_rcu_tasks_rude",
        "kprobe_ftrace_handler", "kprobe_int3_handler", "arch_prepare_kprobe", "arch_arm_kprobe", "klp_ftrace_handler", "klp_try_switch_task",
        "arch_prepare_bpf_trampoline", "__bpf_tramp_enter", "__bpf_tramp_exit", "__bpf_prog_enter_recur", "__bpf_prog_exit_recur", "bpf_tramp_image_put",
        "bpf_arch_text_poke", "schedule", "__schedule", "try_to_wake_up", "__switch_to", "__switch_to_asm", "finish_task_switch", "preempt_schedule_irq",
        "vfs_read", "vfs_write", "tcp_v4_rcv", "net_rx_action", "napi_complete_done", "do_syscall_64", "kfree", "__kmalloc", "jump_label_update",
        "arch_jump_label_transform_queue", "static_call_update", "__static_call_transform", "memcpy", "memmove", "memset",
        // arm64
        "ftrace_common", "ftrace_call_replace", "ftrace_init_nop", "ftrace_modify_call", "aarch64_insn_read", "aarch64_insn_write",
        "__aarch64_insn_write", "aarch64_insn_write_literal_u64", "aarch64_insn_patch_text", "aarch64_insn_patch_text_cb", "aarch64_insn_patch_text_nosync",
        "aarch64_insn_gen_branch_imm", "aarch64_insn_gen_nop", "aarch64_insn_copy", "aarch64_insn_set", "caches_clean_inval_pou", "caches_clean_inval_pou_macro",
        "caches_clean_inval_user_pou", "icache_inval_pou", "dcache_clean_pou", "arch_jump_label_transform", "do_el0_svc", "el0t_64_sync_handler",
        "el1h_64_sync_handler", "el1h_64_irq_handler", "cpu_switch_to", "ret_from_fork", "kick_all_cpus_sync", "stop_machine", "multi_cpu_stop",
        "kprobe_breakpoint_handler", "kprobe_brk_handler", "arch_disarm_kprobe", "__memcpy", "__memmove", "__memset", "__pi_memcpy", "__pi_memset",
    ];

    private static readonly string[] Cryptography =
        ["aes", "sha1", "sha256", "sha512", "crc", "chacha", "blake2", "poly1305", "curve25519", "gcm"];

    public static TheoryData<string> Kernels =>
    [
        PinnedKernels.Amd64Old, PinnedKernels.Amd64Middle, PinnedKernels.Amd64New, PinnedKernels.Arm64Old, PinnedKernels.Arm64Middle, PinnedKernels.Arm64New,
    ];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Of_a_text_at_most_one_instruction_in_ten_thousand_outside_cryptography_is_not_executed(string abi)
    {
        KernelImage image = PinnedKernels.Load(abi);
        CoverageResult all = TextCoverage.Of(image, TestContext.Current.CancellationToken);
        long outside = Functions(image)
            .Where(function => !Cryptography.Any(word => function.Name.Contains(word, StringComparison.Ordinal)))
            .Sum(function => TextCoverage.Missing(image, function.Address, function.Size).Sum(missing => missing.Count));
        TestContext.Current.SendDiagnosticMessage($"{abi}: {all.Executed} of {all.Instructions}, {outside} of the others outside cryptography");
        Assert.InRange(outside, 1, all.Instructions / 10_000);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_function_of_the_closure_is_executed_whole(string abi)
    {
        KernelImage image = PinnedKernels.Load(abi);
        KernelSymbol[] functions = [.. Functions(image).Where(function => Closure.Contains(function.Name.Split('.')[0]))];
        TestContext.Current.SendDiagnosticMessage($"{abi}: {functions.Length} functions of the closure");
        Assert.Empty(functions.SelectMany(function =>
            TextCoverage.Missing(image, function.Address, function.Size).Select(missing => $"{function.Name}: {missing.Name}")));
        Assert.InRange(functions.Length, 60, 400);
    }

    private static IEnumerable<KernelSymbol> Functions(KernelImage image)
    {
        for (int i = image.Symbols.IndexAt(image.TextStart); i < image.Symbols.Count && image.Symbols[i].Address < image.TextEnd; i++)
        {
            if (image.Symbols[i] is { Size: > 0 } symbol)
                yield return symbol;
        }
    }
}
