import { extendSerializer, type SerializerClass } from 'plinth'

const timestamps = {
  fields: ['createdAt', 'updatedAt'],
  readOnly: ['createdAt', 'updatedAt'],
} as const

/** What the entity of a serializer must have. */
interface Stamped {
  createdAt: Date
  updatedAt: Date
}

/** What `TimestampMixin` adds to what is answered. */
export interface TimestampFields {
  readonly createdAt: Date
  readonly updatedAt: Date
}

type Mixed<B> =
  B extends SerializerClass<infer E, infer R, infer C, infer U, infer P, infer A>
    ? SerializerClass<E, R & TimestampFields, C, U, P, A>
    : never

/**
 * Shows when a row was created and last written, both read-only:
 * `class CitySerializer extends TimestampMixin(Serializer(City, { fields: ['id', 'name'] })) {}`.
 */
export function TimestampMixin<B extends SerializerClass<Stamped>>(Base: B): Mixed<B> {
  return extendSerializer(Base as SerializerClass<Stamped>, timestamps) as unknown as Mixed<B>
}
