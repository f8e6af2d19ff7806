import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { Guarded } from './guard.js'
import { joinedRows, listedRows } from './row-source.js'

/** A cached result is known by the name it was given, which says nothing of the context it was made in: this adds it. */
export function keepCacheApart(builder: SelectQueryBuilder<ObjectLiteral> & Guarded): void {
  const { guard, expressionMap } = builder
  const { cacheId, joinAttributes } = expressionMap
  if (!cacheId) return
  const sources = [...listedRows(expressionMap), ...joinAttributes.flatMap((join) => joinedRows(join) ?? [])]
  const context = sources.flatMap((source) => guard.context(source, builder))
  const mark = context.length > 0 ? ` ${JSON.stringify(context)}` : ''
  if (!cacheId.includes(mark)) expressionMap.cacheId = cacheId + mark
}
