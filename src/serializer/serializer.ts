import type { AnyClass } from '../metadata/fact-kind.js'
import { placeOfCall } from '../metadata/place.js'
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
  const made = class {
    static readonly entity = entity
    static readonly spec: SerializerSpec<E> = Object.freeze({ ...spec })
    static readonly place = place
  }
  return made as unknown as SerializerFor<E, S>
}
