import { UsageError } from '../errors/usage-error.js'
import { isThenable } from '../helpers/awaitable.js'
import { nearestName } from '../helpers/nearest-name.js'

/** What rows have in common, as a function of a call. */
export type ScopeOf<C> = (call: C) => Readonly<Record<string, unknown>>

/**
 * The same scope, whose values are looked at before rows are: one without a value for a property would show all rows.
 * @param owner says whose scope it is.
 * @param known the properties that rows have, where a write is given the values, which leaves out what it does not know.
 */
export function checkedScope<C>(
  scope: ScopeOf<C>,
  owner: string,
  known?: () => KnownProperties | undefined,
): ScopeOf<C> {
  return (call) => {
    const values = scope(call)
    if (typeof values !== 'object' || values === null) throw refused(owner, `${String(values)}.`)
    if (isThenable(values)) {
      throw refused(owner, 'a promise. What it needs must be known at once: load it in `authenticate`.')
    }
    const names = Object.keys(values)
    for (const name of names) {
      if (values[name] === undefined) throw refused(owner, `no value for "${name}". Give one that no row has, or null.`)
    }
    const properties = known?.()
    if (properties) requireProperties(names, properties, owner)
    return values
  }
}

/** The properties of rows, by name. */
type KnownProperties = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>

function requireProperties(names: readonly string[], known: KnownProperties, owner: string): void {
  const strange = names.find((name) => !known.has(name))
  if (strange === undefined) return
  const all = [...known.keys()]
  const nearest = nearestName(strange, all)
  const remedy = nearest === undefined ? `There are: ${all.join(', ')}.` : `Did you mean "${nearest}"?`
  throw refused(owner, `a value for "${strange}", which is none of its properties. ${remedy}`)
}

function refused(owner: string, given: string): UsageError {
  return new UsageError('E_SCOPE_VALUES', `The scope of ${owner} must give an object of values; it gave ${given}`)
}
