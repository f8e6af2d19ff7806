import { DefinitionError } from '../../errors/definition-error.js'
import { ConflictError, NotFoundError } from '../../errors/exceptions.js'
import type { RowData } from '../../model/matches.js'
import type { Contributor, Model } from '../../model/model.js'

/** What a write needed to be stored, and what is; null where there is no such row any more. */
export interface Staleness {
  readonly expected: RowData
  readonly actual: RowData | null
}

/** Somebody else has written, hidden or removed the row since it was read. */
export function stale({ name }: Model, details?: Staleness): ConflictError {
  return new ConflictError(`This ${name} was changed or removed by somebody else in the meantime.`, {
    errorCode: 'STALE',
    ...(details && { details: { ...details } }),
  })
}

export function notFound({ name }: Model): NotFoundError {
  return new NotFoundError(`There is no such ${name}.`)
}

/** An upsert updates rows that nobody has read, so no update rule can be applied to them. */
export function refusedUpsert(model: Model): DefinitionError {
  return refusal(
    model,
    'an upsert may update a row, and its update rules cannot be applied to a row that is not known.',
    [...model.rules.update, ...model.rules.enter, ...model.rules.leave, ...model.rules.written],
    'Use updateOrCreate(values, { by: [...] }) of its repository.',
  )
}

/** What an expression of SQL gives is not known before it is written, so nobody knows which rows pass by it. */
export function refusedExpression(model: Model, property: string): DefinitionError {
  return refusal(
    model,
    `an expression of SQL is written to "${property}", and its rules must know which rows enter and leave by it.`,
    [...model.rules.enter, ...model.rules.leave],
    'Read the rows in a unit of work, and write values.',
  )
}

/** Nobody knows which row an expression of SQL refers to, so nobody knows whether that row is shown. */
export function refusedKey(
  subject: string,
  { property, places }: { readonly property: string; readonly places: readonly string[] },
): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNRULED_WRITE',
      subject,
      problem: `an expression of SQL is written to "${property}", and nobody knows whether it refers to a hidden row.`,
      places,
      remedy: 'Read the rows in a unit of work, and write values.',
    },
  ])
}

export function refusedSelection(model: Model): DefinitionError {
  return refusal(
    model,
    'rows inserted from a SELECT are never in memory, so its insert rules and locked scopes cannot be applied to them.',
    [
      ...model.rules.insert,
      ...model.rules.enter,
      ...model.rules.written,
      ...Object.values(model.scopes).filter(({ locked }) => locked),
    ],
    'Read the rows, and insert them.',
  )
}

/** Rows of a SELECT are never in memory, so nobody knows whether what they link is inside of locked scopes. */
export function refusedLinks(subject: string): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNRULED_WRITE',
      subject,
      problem:
        'links are inserted from a SELECT, and nobody knows whether they refer to rows outside of locked scopes.',
      places: [],
      remedy: 'Read the rows, and insert them.',
    },
  ])
}

/** Rows of a SELECT are never in memory, so nobody knows whose links they are. */
export function refusedLinkSelection(models: readonly Model[]): DefinitionError {
  return refusal(
    models[0]!,
    'links are inserted from a SELECT, and its rules must know which rows get them.',
    models.flatMap(({ rules }) => rules.linked),
    'Read the rows, and insert them.',
  )
}

/** No version tells of what is written past the rules of an entity. */
export function refusedUnmanaged({ name }: Model, property: string): DefinitionError {
  const problem = `"${property}" is written without its rules, and a save of who has read the row before would write the old value back.`
  const remedy = 'Let it be a column of a trait that is `managed`, or leave `ruled: false` out.'
  return new DefinitionError([{ code: 'E_UNRULED_WRITE', subject: name, problem, places: [], remedy }])
}

/** Handlers are told the rows of a write, and nobody knows those of this one. */
export function refusedUnheard(
  { name }: Model,
  call: string,
  places: readonly string[],
  remedy: string,
): DefinitionError {
  const problem = `${call} writes rows that nobody has read, and there are listeners who are to be told of them.`
  return new DefinitionError([{ code: 'E_UNRULED_WRITE', subject: name, problem, places, remedy }])
}

/** TypeORM has ways to delete, hide and restore that know nothing of delete rules. */
export function refusedRemoval(model: Model, call: string): DefinitionError {
  const verbs = Object.keys(model.verbs)
  return refusal(
    model,
    `${call} knows nothing of its delete rules.`,
    [
      ...model.rules.delete,
      ...(model.rules.delete.length === 0 ? model.rules.update : []),
      ...model.rules.leave,
      ...model.rules.written,
    ],
    `Use delete()${verbs.length > 0 ? `, or one of its verbs: ${verbs.join(', ')}` : ''}.`,
  )
}

function refusal(
  { name }: Model,
  problem: string,
  rules: readonly { readonly contributor: Contributor }[],
  remedy: string,
): DefinitionError {
  const places = [...new Set(rules.map(({ contributor }) => `@${contributor.trait} at ${contributor.place}`))]
  return new DefinitionError([{ code: 'E_UNRULED_WRITE', subject: name, problem, places, remedy }])
}
