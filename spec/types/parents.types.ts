import { anyone, ModelViewSet, rowRule, Serializer } from 'plinth'

class Land {
  id!: string
  slug!: string
  ownerId!: string
}
class Town {
  id!: string
  name!: string
  landId!: string
  land!: Land
  sister!: Town | null
  twins!: Town[]
}
class TownSerializer extends Serializer(Town, { fields: ['id', 'name'] }) {}
const options = { serializer: TownSerializer, permissions: { '*': anyone } } as const
const owner = rowRule<{ ownerId: string }>('owner', ({ user }, { ownerId }) => ownerId === user?.id)

// Right programs.
ModelViewSet(Town, { ...options, parent: { relation: 'land', by: 'slug', allow: owner } })
ModelViewSet(Town, { ...options, parent: { relation: 'sister', by: 'name', parameter: 'of' } })

// @ts-expect-error: a relation that there is not
ModelViewSet(Town, { ...options, parent: { relation: 'country' } })
// @ts-expect-error: a property that is no relation
ModelViewSet(Town, { ...options, parent: { relation: 'name' } })
// @ts-expect-error: a relation to many rows
ModelViewSet(Town, { ...options, parent: { relation: 'twins' } })
// @ts-expect-error: a property that the row above does not have
ModelViewSet(Town, { ...options, parent: { relation: 'land', by: 'name' } })
// @ts-expect-error: a rule about a member that the row above does not have
ModelViewSet(Town, { ...options, parent: { relation: 'sister', allow: owner } })
// @ts-expect-error: a misspelt option
ModelViewSet(Town, { ...options, parent: { relation: 'land', lookup: 'slug' } })
