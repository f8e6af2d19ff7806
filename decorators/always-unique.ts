import { defineTrait, refers } from 'plinth'

interface AlwaysUniqueOptions {
  /** What is unique: properties, and lists of properties that are so together. */
  readonly by: readonly (string | readonly string[])[]
}

const defaults: AlwaysUniqueOptions = { by: [] }

/**
 * Keeps properties unique among all rows, hidden ones too: `@AlwaysUnique({ by: ['email', ['tenantId', 'number']] })`.
 * Without it what is unique is so among the rows that default scopes show.
 */
export const AlwaysUnique = defineTrait({
  name: 'AlwaysUnique',
  defaults,
  refers: refers<{ by: unknown }>(),
  indexes: ({ by }) => by.map((identity) => ({ properties: [identity].flat(), unique: 'always' as const })),
  verify: (_, { by }) => (by.length === 0 ? '@AlwaysUnique needs `by`: what is unique.' : undefined),
})
