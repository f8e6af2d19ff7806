import { placeOfCall } from '../metadata/place.js'
import { Serializer, type SerializerFor } from './serializer.js'
import { requireSerializerOptions } from './serializer-options.js'
import type { SerializerFields, SerializerSpec } from './serializer-spec.js'
import type { ConsistentSpec, SerializerClass } from './serializer-types.js'

/** The entity of a class of serializers. */
export type SerializedBy<B> = B extends SerializerClass<infer E extends object> ? E : never

/** A class of serializers with the fields of another specification behind its own. */
export type Extended<B, S> =
  B extends SerializerClass<infer E, infer R, infer C, infer U, infer P, infer A>
    ? SerializerFor<E, S> extends SerializerClass<E, infer R2, infer C2, infer U2, infer P2, infer A2>
      ? SerializerClass<E, R & R2, C & C2, U & U2, P & P2, A & A2>
      : never
    : never

/**
 * A class of serializers with further fields, options and rules behind those it has; what both list counts once. Mixins
 * are made with it: `const NotesMixin = <B extends SerializerClass<Noted>>(Base: B) => extendSerializer(Base, { fields: ['note'] })`.
 */
export function extendSerializer<B extends SerializerClass, const S extends SerializerSpec<SerializedBy<B>>>(
  Base: B,
  spec: S & ConsistentSpec<S>,
): Extended<B, S> {
  const place = placeOfCall(extendSerializer)
  requireSerializerOptions(spec, { subject: `Serializer(${Base.entity.name})`, places: [place] })
  const joined = joinedSpec(Base.spec, spec)
  const Made = Serializer(Base.entity, joined as never)
  return Object.assign(Made, { place }) as unknown as Extended<B, S>
}

function joinedSpec(first: SerializerFields, second: SerializerFields): SerializerFields {
  const joined: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const [one, other] = [first, second].map((spec) => (spec as unknown as Readonly<Record<string, unknown>>)[name])
    joined[name] = joinedOption(one, other)
  }
  return joined as unknown as SerializerFields
}

function joinedOption(one: unknown, other: unknown): unknown {
  if (one === undefined || other === undefined) return one ?? other
  if (Array.isArray(one) && Array.isArray(other))
    return [...new Set<unknown>([...(one as unknown[]), ...(other as unknown[])])]
  if (typeof other !== 'object') return other
  return { ...(one as object), ...(other as object) }
}
