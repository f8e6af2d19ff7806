import { valueOf } from '../../../model/operand.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { Binding } from '../../reads/binding.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { Slot } from '../../reads/slot.js'
import type { StatementText } from './statement-text.js'

/** A condition in a statement that writes: what stands between its values, and where they come from. */
export interface CompiledCondition {
  readonly texts: readonly string[]
  readonly bindings: readonly Binding[]
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
  dataSource: ModelDataSource,
  condition: CompiledCondition,
  values: readonly unknown[],
  statement: StatementText,
): void {
  const bound = boundValues(dataSource, condition, values)
  for (const [index, text] of condition.texts.entries()) {
    statement.add(text)
    if (index < bound.length) statement.bind(bound[index])
  }
}

/** What a condition binds, as the driver is given it. @param values those of the slots of its shape. */
export function boundValues(
  { driver, options }: ModelDataSource,
  { bindings }: CompiledCondition,
  values: readonly unknown[],
): readonly unknown[] {
  const engine = readEngineOf(options.type as EngineType)
  return bindings.map(({ operand, column }) => {
    const value: unknown = operand instanceof Slot ? values[operand.index] : valueOf(operand)
    return engine.bound(column ? driver.preparePersistentValue(value, column) : value)
  })
}
