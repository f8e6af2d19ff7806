import type { OptionNames } from '../helpers/known-options.js'
import type { SerializerFields } from './serializer-spec.js'

/** The options of serializers. */
export const serializerOptions: OptionNames<SerializerFields> = {
  fields: true,
  readOnly: true,
  readOnlyInput: true,
  writeOnly: true,
  createOnly: true,
  nested: true,
  computed: true,
  actions: true,
  rules: true,
}
