import { Serializer } from 'plinth'
import type { Relation } from 'typeorm'

export declare class Country {
  id: number
  name: string
}

export declare class City {
  id: number
  name: string
  population: number
  country: Relation<Country>
}

export class CitySerializer extends Serializer(City, {
  fields: ['id', 'name', 'population', 'country'],
  nested: { country: class extends Serializer(Country, { fields: ['id', 'name'] }) {} },
}) {}

export declare class Author {
  id: number
  name: string
}

export declare class Article {
  id: number
  title: string
  author: Relation<Author>
}
