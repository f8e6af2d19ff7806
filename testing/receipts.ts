import type { Model, RowData } from 'plinth'
import type { Operation, Outcome, Placed } from './operation.js'
import type { State } from './prediction.js'
import { same } from './unknown.js'

interface Played extends Placed {
  readonly outcome: Outcome
}

/**
 * What contradicts that clients who wrote at the same time were told the truth: that a row is lost or comes from nowhere,
 * was removed for nobody, or changed though nobody named it. No order of the writes is looked for, so it takes any number
 * of clients.
 * @param passing the properties that writes of other rows may change.
 */
export function untrueReceipts(
  model: Model,
  before: State,
  after: State,
  played: readonly Played[],
  passing: ReadonlySet<string>,
): readonly string[] {
  const done = played.filter(({ outcome }) => outcome.done)
  const created = new Set(
    done.flatMap(({ operation, outcome }) => (operation.kind === 'create' ? [idIn(outcome)] : [])),
  )
  const removals = done.filter(({ operation }) => removes(model, operation))
  const named = idsOf(removals)
  // Of a removal that found fewer rows nobody knows which they were; what was created anew is another row.
  const removed = [...idsOf(removals.filter(({ ids, outcome }) => affectedBy(outcome) === ids.length))]
  const written = idsOf(done)
  return [
    ...[...created].filter((id) => !after.has(id)).map((id) => `${id} was created and is lost`),
    ...[...before.keys()].filter((id) => !after.has(id) && !named.has(id)).map((id) => `${id} is lost`),
    ...removed.filter((id) => after.has(id) && !created.has(id)).map((id) => `${id} was removed and is still stored`),
    ...[...after.keys()].filter((id) => !before.has(id) && !created.has(id)).map((id) => `nobody created ${id}`),
    ...[...after].flatMap(([id, row]) => (written.has(id) ? [] : changedIn(id, before.get(id), row, passing))),
    ...done
      .filter(({ operation, ids, outcome }) => operation.kind !== 'create' && affectedBy(outcome) > ids.length)
      .map(({ operation, ids, outcome }) => `${operation.kind} wrote ${affectedBy(outcome)} of ${ids.length} rows`),
  ]
}

/** Whether an operation removes rows that it writes. */
function removes({ rules, verbs }: Model, operation: Operation): boolean {
  if (operation.kind === 'verb') return verbs[operation.verb]?.hard === true
  return operation.kind === 'delete' && !rules.delete.some((rule) => rule.set !== undefined)
}

const idsOf = (played: readonly Played[]): ReadonlySet<string> => new Set(played.flatMap(({ ids }) => ids.map(String)))

const affectedBy = (outcome: Outcome): number => (outcome.done ? outcome.affected : 0)

function changedIn(id: string, before: RowData | undefined, after: RowData, passing: ReadonlySet<string>) {
  if (!before) return []
  return Object.keys(after)
    .filter((name) => !passing.has(name) && !same(before[name], after[name]))
    .map((name) => `nobody named ${id}, and its ${name} has changed`)
}

const idIn = (outcome: Outcome): string => String(outcome.done ? outcome.id : '')
