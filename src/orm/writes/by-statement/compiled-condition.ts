import { RecentPaths } from '../../../helpers/recent-paths.js'
import { valueOf } from '../../../model/operand.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { Binding } from '../../reads/binding.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { type Shape, Slot } from '../../reads/slot.js'
import type { StatementText } from './statement-text.js'

/** A condition in a statement that writes: what stands between its values, and where they come from. */
export interface CompiledCondition {
  readonly texts: readonly string[]
  readonly bindings: readonly Binding[]
}

/** The most conditions that are kept of one data source. */
const mostKept = 500

/** The conditions of one data source by their shapes; null where a shape is none of a condition that can be kept. */
export class ConditionStore {
  readonly #kept = new WeakMap<ModelDataSource, RecentPaths<CompiledCondition | null>>()

  /** The condition of a shape, which is compiled where it is not known. */
  of(
    dataSource: ModelDataSource,
    { parts }: Shape,
    compile: () => CompiledCondition | undefined,
  ): CompiledCondition | undefined {
    let kept = this.#kept.get(dataSource)
    if (!kept) {
      kept = new RecentPaths(mostKept)
      this.#kept.set(dataSource, kept)
    }
    const known = kept.get(parts)
    if (known !== undefined) return known ?? undefined
    const made = compile()
    kept.set(parts, made ?? null)
    return made
  }
}

/** Cuts a text at its named parameters. */
export function cutAtParameters(
  named: string,
  prefix: string,
  bindingOf: (name: string) => Binding,
): CompiledCondition {
  const parts = named.split(new RegExp(`:(${prefix}\\d+)`))
  return {
    texts: parts.filter((_, index) => index % 2 === 0),
    bindings: parts.filter((_, index) => index % 2 === 1).map(bindingOf),
  }
}

/** Adds a condition to a statement. @param values those of the slots of its shape. */
export function addCondition(
  { driver, options }: ModelDataSource,
  { texts, bindings }: CompiledCondition,
  values: readonly unknown[],
  statement: StatementText,
): void {
  const engine = readEngineOf(options.type as EngineType)
  for (const [index, text] of texts.entries()) {
    statement.add(text)
    const binding = bindings[index]
    if (!binding) continue
    const { operand, column } = binding
    const value: unknown = operand instanceof Slot ? values[operand.index] : valueOf(operand)
    const stored: unknown = column ? driver.preparePersistentValue(value, column) : value
    statement.bind(engine.bound(stored))
  }
}
