const plain = new WeakSet<object>()

/** Marks a hook that a mixin gives a viewset, so that it can be told from one that overrides it. */
export function markPlainHook<N extends string>(prototype: { readonly [K in N]: object }, name: N): void {
  plain.add(prototype[name])
}

/** Whether a hook does nothing but what its mixin says. */
export function isPlainHook(hook: object): boolean {
  return plain.has(hook)
}
