import type { UpdateResult } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import { chunks, longestList } from '../writes/groups.js'
import { rowsOf } from '../writes/read-rows.js'
import { primaryKeyText } from '../writes/stored-rows.js'
import { update } from '../writes/update.js'
import { markRuled } from '../writes/write.js'
import type { Followed, WrittenRows } from './follow.js'
import { type TakenLink, takeLinks } from './journal.js'
import { type Reference, referencesTo } from './references.js'
import { rowsStatement } from './rows-statement.js'

/**
 * Puts back the links to rows that a verb has brought back: those that the call which it undoes took away, of rows that
 * are still there and whose key is still null.
 * @param relinked is told how many of each entity.
 */
export async function relink(call: Followed, part: WrittenRows, relinked: Record<string, number>): Promise<void> {
  const undoes = part.model.verbs[call.name]?.undoes
  if (undoes === undefined) return
  const { dataSource } = call.builder
  for (const reference of referencesTo(dataSource, part.metadata)) {
    if (reference.policy !== 'detach') continue
    for (const [operation, rows] of byOperation(undoes, part.rows)) {
      const links = await takeLinks({ dataSource, runner: call.runner }, operation, reference, rows)
      const count = await putBack(call, reference, links)
      if (count > 0) relinked[reference.model.name] = (relinked[reference.model.name] ?? 0) + count
    }
  }
}

function byOperation(property: string, rows: readonly RowData[]): ReadonlyMap<string, readonly RowData[]> {
  const groups = new Map<string, RowData[]>()
  for (const row of rows) {
    const operation = row[property]
    if (typeof operation !== 'string') continue
    const group = groups.get(operation) ?? []
    groups.set(operation, group)
    group.push(row)
  }
  return groups
}

async function putBack(call: Followed, reference: Reference, links: readonly TakenLink[]): Promise<number> {
  const values = new Map(links.map(({ row, value }) => [primaryKeyText(reference.metadata, row), value]))
  let count = 0
  for (const chunk of chunks(links, longestList)) {
    const stored = await rowsOf(
      statement(
        call,
        reference,
        chunk.map(({ row }) => row),
      ),
      reference,
    )
    const groups = new Map<unknown, RowData[]>()
    for (const row of stored) {
      if (reference.key.getEntityValue(row) !== null) continue
      const value = values.get(primaryKeyText(reference.metadata, row))
      groups.set(value, [...(groups.get(value) ?? []), row])
    }
    for (const [value, rows] of groups) count += await link(call, reference, value, rows)
  }
  return count
}

async function link(call: Followed, reference: Reference, value: unknown, rows: readonly RowData[]): Promise<number> {
  const { model, metadata } = reference
  const builder = statement(call, reference, rows)
  const values = { [reference.key.propertyName]: value }
  const run = () => markRuled(builder).execute() as Promise<UpdateResult>
  const { context, cause } = call
  const event = { kind: 'update', ...(cause && { cause }) }
  const rules = model.rules.update
  const { affected } = await update({ model, metadata, builder, rules, given: values, values, context, event }, run)
  return affected ?? 0
}

function statement({ builder }: Followed, reference: Reference, rows: readonly RowData[]) {
  return rowsStatement(builder, reference, rows, { kind: 'update', seen: 'everything' })
}
