import type { Guarded } from './guard.js'
import type { RowSource } from './row-source.js'

/** Adds conditions to the WHERE that `build` makes. TypeORM puts what is appended, and what the user wrote, in parentheses. */
export function guardedWhere(builder: Guarded, sources: readonly RowSource[], build: () => string): string {
  const { expressionMap, guard } = builder
  const conditions = sources.flatMap((source) => guard.conditions(source, builder))
  if (conditions.length === 0) return build()
  const appended = expressionMap.extraAppendedAndWhereCondition
  expressionMap.extraAppendedAndWhereCondition = conjunction(appended, conditions)
  try {
    return build()
  } finally {
    expressionMap.extraAppendedAndWhereCondition = appended
  }
}

/** What was written, and guarding conditions, which are in parentheses already. */
export function conjunction(written: string | undefined, guarding: readonly string[]): string {
  const condition = written?.trim() ? [`(${written})`] : []
  return [...condition, ...guarding].join(' AND ')
}

/** The table an UPDATE or DELETE writes, where it is an entity's. */
export function mainTable({ expressionMap: { mainAlias } }: Guarded): readonly RowSource[] {
  return mainAlias?.hasMetadata ? [{ name: undefined, metadata: mainAlias.metadata, role: 'listed' }] : []
}
