import { extendSerializer, Serializer, type SerializerClass } from 'plinth'
import { type Timestamped, TimestampMixin } from 'plinth/decorators'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T => true as T

interface Page extends Timestamped {}
class Page {
  id!: string
  title!: string
  note!: string | null
}
class Bare {
  id!: string
}

class PageSerializer extends TimestampMixin(Serializer(Page, { fields: ['id', 'title'] })) {}
isTrue<Same<keyof (typeof PageSerializer)['$read'], 'id' | 'title' | 'createdAt' | 'updatedAt'>>()
isTrue<Same<keyof (typeof PageSerializer)['$create'], 'title'>>()

class NotedSerializer extends extendSerializer(PageSerializer, { fields: ['note'] }) {}
isTrue<Same<keyof (typeof NotedSerializer)['$read'], 'id' | 'title' | 'createdAt' | 'updatedAt' | 'note'>>()
isTrue<Same<keyof (typeof NotedSerializer)['$patch'], 'title' | 'note'>>()
export const same: SerializerClass<Page> = NotedSerializer

// @ts-expect-error: an entity without timestamps
TimestampMixin(Serializer(Bare, { fields: ['id'] }))
// @ts-expect-error: a property the entity does not have
extendSerializer(PageSerializer, { fields: ['text'] })
// @ts-expect-error: an option that does not exist
extendSerializer(PageSerializer, { fields: ['note'], readonly: ['note'] })

class Listed extends TimestampMixin(
  Serializer(Page, { fields: ['id', 'title', 'createdAt'], actions: { list: ['id', 'createdAt'] } }),
) {}
isTrue<Same<keyof (typeof Listed)['$actions']['list'], 'id' | 'createdAt'>>()
Serializer(Page, {
  fields: ['id', 'title'],
  // @ts-expect-error: an action that shows what a mixin adds
  actions: { list: ['id', 'createdAt'] },
})
