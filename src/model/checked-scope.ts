import { UsageError } from '../errors/usage-error.js'
/** What rows have in common, as a function of a call. */
export type ScopeOf<C> = (call: C) => Readonly<Record<string, unknown>>

/**
 * The same scope, whose values are looked at before rows are: one without a value for a property would show all rows.
 * @param owner says whose scope it is.
 */
export function checkedScope<C>(scope: ScopeOf<C>, owner: string): ScopeOf<C> {
  return (call) => {
    const values = scope(call)
    if (typeof values !== 'object' || values === null) throw refused(owner, `${String(values)}.`)
    if (typeof (values as { then?: unknown }).then === 'function') {
      throw refused(owner, 'a promise. What it needs must be known at once: load it in `authenticate`.')
    }
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) throw refused(owner, `no value for "${name}". Give one that no row has, or null.`)
    }
    return values
  }
}

function refused(owner: string, given: string): UsageError {
  return new UsageError('E_SCOPE_VALUES', `The scope of ${owner} must give an object of values; it gave ${given}`)
}
