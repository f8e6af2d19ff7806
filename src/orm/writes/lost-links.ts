import type { EntityMetadata } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { chunks, longestList } from './groups.js'
import { type HearingEnd, hearingEnds, tellEnds } from './linked-rows.js'
import { rowsOf } from './read-rows.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

/** Links that rows take along when they are removed, which the rules at the other end hear of. */
interface LostLinks {
  readonly junction: EntityMetadata
  /** Whether the rows that are removed are those of the relation's owner. */
  readonly ofOwner: boolean
  readonly ends: readonly HearingEnd[]
}

interface Removing extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
}

/** The links that removed rows of an entity take along, as far as rules at their other end want to hear of it. */
export function lostLinks(dataSource: ModelDataSource, metadata: EntityMetadata): readonly LostLinks[] {
  return dataSource.entityMetadatas.flatMap((junction): readonly LostLinks[] => {
    if (!junction.isJunction) return []
    return [true, false].flatMap((ofOwner) => {
      const [own, other] = ofOwner
        ? [junction.ownerColumns, junction.inverseColumns]
        : [junction.inverseColumns, junction.ownerColumns]
      if (own[0]?.referencedColumn?.entityMetadata.tablePath !== metadata.tablePath) return []
      const ends = hearingEnds(dataSource, junction).filter(({ columns }) => columns === other)
      return ends.length > 0 ? [{ junction, ofOwner, ends }] : []
    })
  })
}

/**
 * Tells the rules at the other ends that rows are about to be removed, whose links the database removes with them.
 * @param locked whether the rows are.
 */
export async function tellLostLinks(removing: Removing, rows: readonly RowData[], locked: boolean): Promise<void> {
  const { builder, context, metadata } = removing
  const { dataSource } = builder
  for (const { junction, ofOwner, ends } of lostLinks(dataSource, metadata)) {
    const columns = ofOwner ? junction.ownerColumns : junction.inverseColumns
    for (const chunk of chunks(rows, longestList)) {
      const keys = chunk.map((row) =>
        Object.fromEntries(
          columns.map((column) => [column.propertyName, column.referencedColumn!.getEntityValue(row)]),
        ),
      )
      const statement = dataSource.createQueryBuilder(internalsOf(builder).queryRunner).delete().from(junction.target)
      const links = await rowsOf(
        statement.where(keys) as unknown as WriteBuilder,
        { metadata: junction },
        locked && 'current',
      )
      await tellEnds(builder, context, ends, links)
    }
  }
}
