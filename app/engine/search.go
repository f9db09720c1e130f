package engine

// Operations of the course's search.
const (
	OpSearchIndex = "search.index" // SearchIndexInput → SearchIndexOutput
	OpSearchQuery = "search.query" // SearchQueryInput → SearchOutput, or NeedsData
)

// Limits of the search.
const (
	MaxSearchQuery     = 200 // characters; what is beyond is not looked for
	MaxSearchResults   = 50
	MaxSearchDocuments = 5000
	MaxSearchText      = 5_000_000 // bytes of all titles and texts
)

// SearchDocument is one thing to be found, known by its place in the list.
type SearchDocument struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// SearchIndexInput hands the engine the texts to search. Mark names them: it
// differs when they do. The engine keeps the index of the newest.
type SearchIndexInput struct {
	Mark      string           `json:"mark"`
	Documents []SearchDocument `json:"documents"`
}

// SearchIndexOutput says how much was indexed.
type SearchIndexOutput struct {
	Documents int `json:"documents"`
	Terms     int `json:"terms"` // different ones
}

// SearchQueryInput asks for the documents that fit a query best. The engine
// answers NeedsData where it holds no index of that mark.
type SearchQueryInput struct {
	Mark  string `json:"mark"`
	Query string `json:"query"`
	Limit int    `json:"limit"` // 1 to MaxSearchResults
}

// SearchOutput is what was found.
type SearchOutput struct {
	// Cut: the query was longer than MaxSearchQuery.
	Cut bool `json:"cut,omitempty"`
	// Words is how many terms were looked for; 0 where the query holds no
	// letter, digit or Chinese character.
	Words   int            `json:"words"`
	Total   int            `json:"total"`   // documents with any of them
	Results []SearchResult `json:"results"` // the best, in order
}

// SearchResult is one document found. Marks are what fits the query, as starts
// and ends in characters.
type SearchResult struct {
	Document   int      `json:"document"`
	Score      float64  `json:"score"`
	Whole      bool     `json:"whole"` // it holds every term of the query
	TitleMarks [][2]int `json:"titleMarks,omitempty"`
	Passage    string   `json:"passage"`
	Marks      [][2]int `json:"marks,omitempty"`
}
