import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import { hearingEnds } from './linked-rows.js'

/**
 * Whether a write of rows that a relation leads from may also write those that it leads to, by rules about the rows or about
 * their links. Those must be written before anybody has locked them against changes beside others.
 */
export function isWrittenAlong(dataSource: ModelDataSource, entity: AnyClass, relation: string): boolean {
  const metadata = dataSource.getMetadata(entity)
  const junction = metadata.findRelationWithPropertyPath(relation)?.junctionEntityMetadata
  if (junction) {
    const isNear = (end: ReturnType<typeof hearingEnds>[number]) =>
      end.target.metadata === metadata && end.relation === relation
    return hearingEnds(dataSource, junction).some((end) => !isNear(end))
  }
  const written = dataSource.modelOf(entity)?.rules.written ?? []
  return written.some(({ relations = {} }) => Object.hasOwn(relations, relation))
}
