import { Mistakes } from '../errors/definition-error.js'
import { type NameStyle, namingOf } from '../helpers/naming.js'
import type { ModelDataSource } from '../orm/data-source.js'
import { compileSerializer } from '../serializer/compile-serializer.js'
import { type SerializerSchemas, serializerSchemas } from '../serializer/serializer-schemas.js'
import type { AnySerializer } from '../serializer/serializer-types.js'

/**
 * The JSON Schemas (draft 2020-12) of what a serializer answers and accepts, with the columns of a data source and the
 * class-validator rules of the entities. What is answered fits, and so does all that is accepted; a rule that JSON Schema
 * has no word for is not told.
 * @param names what fields are called outside, as an application has it.
 * @param action whose answers and fields count, where it has fewer.
 * @throws {DefinitionError} with every mistake of the serializer.
 */
export function schemasOf(
  serializer: AnySerializer,
  dataSource: ModelDataSource,
  action?: string,
  names: NameStyle = 'asDeclared',
): SerializerSchemas {
  const mistakes = new Mistakes()
  const compiled = compileSerializer(serializer, dataSource.describe(serializer.entity), mistakes, {
    naming: namingOf(names),
  })
  mistakes.throwIfAny()
  return serializerSchemas(compiled, action)
}
