import type { AnyClass } from '../../../metadata/fact-kind.js'
import type { RowData } from '../../../model/matches.js'
import type { CompiledVerb } from '../../../model/model.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { Id } from '../../../model/verb.js'
import type { EntityRow } from '../../entity-row.js'
import type { ModelEntityManager } from '../../model-entity-manager.js'
import type { Target } from '../write.js'
import { verbOnRows } from './many-rows.js'
import { verbOnRow } from './verb-row.js'

/** A call of a verb of a repository. */
interface RepositoryCall extends Pick<Target, 'model'> {
  readonly manager: ModelEntityManager
  readonly name: string
  readonly verb: CompiledVerb
  readonly context: WriteContext<RowData>
}

/**
 * Does a verb to the rows that a call of a repository names by one statement, all of them or none, where nothing needs to see
 * them before. Undefined where nothing was written.
 * @param keys each once, as rows have them.
 */
export async function verbAlone(
  { manager, model, name, verb, context }: RepositoryCall,
  keys: readonly Id[],
): Promise<WriteContext | undefined> {
  const [first, ...others] = keys
  if (first === undefined || manager !== manager.dataSource.manager) return undefined
  const all = manager.getRepository(model.entity as AnyClass<EntityRow>).select()
  const { without = [] } = verb
  // Without names it would look past every scope.
  const rows = without.length > 0 ? all.unscoped(...without) : all
  const call = { name, verb, input: context.input, unanswered: true }
  const done = await (others.length === 0 ? verbOnRow(rows, first, call) : verbOnRows({ rows, keys }, call))
  return done?.context
}
