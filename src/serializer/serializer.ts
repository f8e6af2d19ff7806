import { DefinitionError } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { type Place, placeOfCall } from '../metadata/place.js'
import { requireSerializerOptions } from './serializer-options.js'
import type { SerializerSpec } from './serializer-spec.js'
import type {
  ActionsOf,
  ConsistentSpec,
  CreateOf,
  PatchOf,
  ReadOf,
  ReplaceOf,
  SerializerClass,
} from './serializer-types.js'

/** The serializer that a specification makes. */
export type SerializerFor<E, S> = SerializerClass<
  E,
  ReadOf<E, S>,
  CreateOf<E, S>,
  ReplaceOf<E, S>,
  PatchOf<E, S>,
  ActionsOf<E, S>
>

/**
 * Makes the base class of a serializer:
 * `class CitySerializer extends Serializer(City, { fields: ['id', 'name'] }) {}`.
 * Nothing but `fields` ever leaves the application, and nothing but the writable among them is accepted.
 */
export function Serializer<E extends object, const S extends SerializerSpec<E>>(
  entity: AnyClass<E>,
  spec: S & ConsistentSpec<S>,
): SerializerFor<E, S> {
  const place = placeOfCall(Serializer)
  requireSerializerOptions(spec, { subject: `Serializer(${entity.name})`, places: [place] })
  if (!Array.isArray(spec.fields)) throw withoutFields(entity, place)
  const made = class {
    static readonly entity = entity
    static readonly spec: SerializerSpec<E> = Object.freeze({ ...spec })
    static readonly place = place
  }
  // A class that extends it has a name of its own; where none does, messages and documents name it after its entity.
  Object.defineProperty(made, 'name', { value: `${entity.name}Serializer`, configurable: true })
  return made as unknown as SerializerFor<E, S>
}

function withoutFields({ name }: AnyClass, place: Place): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_SERIALIZER',
      subject: `Serializer(${name})`,
      problem: 'its `fields` are no list.',
      places: [place],
      remedy: "List the properties of its representations: fields: ['id', …]. There is no word for all of them.",
    },
  ])
}
