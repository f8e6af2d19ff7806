import { type Adds, ConflictError, column, contextVariable, defineTrait, increment } from 'plinth'

const expected = contextVariable<number>('version')

/**
 * Optimistic locking: `version` counts the writes of a row, and a write that was made from an older version is a
 * conflict, `STALE`, that changes nothing. A save was made from the version its entity has, an update from the one it
 * gives; what gives none can be run by `expectVersion`. Of writes that race exactly one wins.
 */
export const Versioned = defineTrait({
  name: 'Versioned',
  defaults: {},
  columns: () => ({ version: column.integer({ default: 1, role: 'version' }) }),
  rules: () => ({
    insert: { set: () => ({ version: 1 }) },
    update: {
      set: () => ({ version: increment(1) }),
      guard: ({ before, given }) => ({ version: versionIn(given) ?? expected.peek() ?? before.version }),
      expects: (given) => versionOf(versionIn(given) ?? expected.peek()),
    },
    delete: {
      guard: ({ before }) => ({ version: expected.peek() ?? before.version }),
      expects: () => versionOf(expected.peek()),
    },
  }),
})

/** What `@Versioned` gives an entity: `version`. */
export type HasVersion = Adds<typeof Versioned>

/**
 * Runs a write of one row, e.g. `() => articles.delete(id)`, which is refused unless the row has this version.
 * @throws {ConflictError} `STALE` with `expected` and `actual` in its details, also where there is no such row any more.
 */
export async function expectVersion<T>(version: number, write: () => Promise<T>): Promise<T> {
  const result = await expected.run(version, write)
  if (!wroteNothing(result)) return result
  throw new ConflictError('The row was removed by somebody else in the meantime.', {
    errorCode: 'STALE',
    details: { expected: { version }, actual: null },
  })
}

const versionOf = (version: number | undefined) => (version === undefined ? {} : { version })

function versionIn(given: Readonly<Record<string, unknown>>): number | undefined {
  const { version } = given
  return typeof version === 'number' ? version : undefined
}

function wroteNothing(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'affected' in result && result.affected === 0
}
