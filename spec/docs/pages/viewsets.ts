import {
  type Adds,
  anyone,
  column,
  defineTrait,
  isNull,
  ModelService,
  ModelViewSet,
  not,
  rowRule,
  Serializer,
  type Step,
} from 'plinth'
import type { HasVersion, Ordered, SoftDeletable } from 'plinth/decorators'

export interface City extends Ordered, SoftDeletable, HasVersion {}
export declare class City {
  id: number
  name: string
  ownerId: string
  countryId: number
  slug: string
  country: Country
}

export declare class Country {
  id: number
  slug: string
}

export declare class PublishBody {
  priority: number
}

export declare class Order {
  id: number
}

export class CitySerializer extends Serializer(City, { fields: ['id', 'name'] }) {}

export class CityOfCountrySerializer extends Serializer(City, {
  fields: ['id', 'name', 'countryId'],
  readOnly: ['countryId'],
}) {}

export class CityService extends ModelService(City) {
  publish(row: City, priority: number) {
    return this.update(row, { name: `${row.name} ${priority}` })
  }
}

export const owner = rowRule<{ ownerId: string }>('owner', (call, row) => row.ownerId === call.user?.id)

export declare class Entry {
  id: number
  text: string
}

export class serializer extends Serializer(Entry, { fields: ['id', 'text'] }) {}

const Archived = defineTrait({
  name: 'Archived',
  defaults: {},
  columns: () => ({ archivedAt: column.timestamp({ nullable: true }) }),
  scopes: () => ({ current: { where: isNull('archivedAt'), default: true } }),
  views: () => ({ archived: { without: ['current'], where: not(isNull('archivedAt')) } }),
  verbs: () => ({ shred: { hard: true } }),
})

interface Letter extends Adds<typeof Archived> {}
declare class Letter {
  id: number
  text: string
}

class LetterSerializer extends Serializer(Letter, { fields: ['id', 'text'] }) {}

export class Letters extends ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { '*': anyone } }) {}

export declare const auditStep: Step
