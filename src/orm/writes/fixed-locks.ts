import type { RowData } from '../../model/matches.js'
import type { LockingRule, Scene } from './scene.js'

/** Rules whose locks are wanted, in a scene. */
interface Locking {
  readonly scene: Scene
  readonly rules: readonly LockingRule[]
  /** Rules that may want locks as well, once rows are known. */
  readonly others: readonly LockingRule[]
}

/**
 * The locks of rules that are the same for all rows, so that they can be taken before a row is looked at; undefined where
 * they depend on the row, as what makes them shows by looking at it.
 */
export function fixedLocks({ scene, rules, others }: Locking): readonly string[] | undefined {
  const locking = rules.filter((rule) => rule.locks !== undefined)
  if (locking.length === 0) return undefined
  const { row, isSeen } = unseenRow()
  try {
    const keys = locking.flatMap((rule) => scene.keysOf(rule, row))
    for (const rule of others) scene.keysOf(rule, row)
    return isSeen() ? undefined : keys
  } catch {
    // It could not do without the row.
    return undefined
  }
}

/** A row of nothing, which tells whether somebody has looked at it. */
function unseenRow(): { readonly row: RowData; readonly isSeen: () => boolean } {
  let seen = false
  const look = <A extends readonly unknown[], T>(answer: (...given: A) => T) => {
    return (...given: A): T => {
      seen = true
      return answer(...given)
    }
  }
  const row = new Proxy<RowData>(
    {},
    {
      get: look(() => undefined),
      has: look(() => false),
      ownKeys: look(() => []),
      getOwnPropertyDescriptor: look(() => undefined),
    },
  )
  return { row, isSeen: () => seen }
}
