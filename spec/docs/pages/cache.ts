import type { Cache, ModelDataSource } from 'plinth'

export declare const cache: Cache

export declare class Country {
  id: number
  name: string
}

export declare class Order {
  id: number
  total: number
}

export type Totals = Readonly<Record<string, number>>
export declare function totalsOf(dataSource: ModelDataSource): Promise<Totals>
