import type { Adds, ModelRepository } from 'plinth'
import { Sluggable, type Slugged } from 'plinth/decorators'

interface Article extends Slugged {}
declare class Article {
  id: number
  title: string
  sectionId: number
}

export declare class GuideMembers {
  id: number
  title: string
  short: string
  section: number
}

const ShortSlug = Sluggable.as('shortSlug')
interface Guide extends Slugged, Adds<typeof ShortSlug> {}
declare class Guide extends GuideMembers {}

export interface BookMembers extends Slugged {}
export declare class BookMembers {
  id: number
  title: string
  subtitle: string
  year: number
  number: number
}

export declare const articles: ModelRepository<Article>
export declare const guides: ModelRepository<Guide>
export declare function redirect(status: number, location: string): void
