package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

var sourceBM25 = Source{"Robertson, Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond", "https://doi.org/10.1561/1500000019", "2009-12"}

// BM25 ranks documents by the words they share with a query. The weight of a
// term that occurs f times in a document of length |D| is
//
//	idf · f · (k1 + 1) / (f + k1 · (1 − b + b · |D| / avgdl))
//	idf = ln(1 + (n − n_t + 0.5) / (n_t + 0.5))
//
// where n is the number of documents, n_t how many of them hold the term, and
// avgdl their mean length in terms. K1 says how soon more occurrences stop
// counting, B how much a long document is held against itself. Source:
// Robertson and Zaragoza 2009; the 1 in the logarithm, which keeps the weight of
// a term above zero that most documents hold, is Lucene's.
type BM25 struct {
	K1 float64 // at least 0
	B  float64 // 0 to 1
}

// DefaultBM25 is what Lucene uses.
var DefaultBM25 = BM25{K1: 1.2, B: 0.75}

// IDF is how telling a term is that containing of documents hold.
func (p BM25) IDF(documents, containing float64) float64 {
	return math.Log(1 + (documents-containing+0.5)/(containing+0.5))
}

// Weight is the weight of one term in one document; mean is the mean length.
func (p BM25) Weight(occurrences, length, mean, documents, containing float64) float64 {
	if occurrences <= 0 {
		return 0
	}
	relative := 1.0
	if mean > 0 {
		relative = length / mean
	}
	return p.IDF(documents, containing) * occurrences * (p.K1 + 1) / (occurrences + p.K1*(1-p.B+p.B*relative))
}

// BM25Weight is Weight as a Quantity, for showing how a rank comes about.
func BM25Weight(p BM25, occurrences, length, mean, documents, containing float64) (Quantity, error) {
	if err := first(
		checkRange("k1", p.K1, 0, 100),
		checkRange("b", p.B, 0, 1),
		checkRange("occurrences", occurrences, 0, maxTokens),
		checkRange("length", length, 0, maxTokens),
		checkRange("mean", mean, 0, maxTokens),
		checkWhole("documents", documents, 1, maxTokens),
		checkWhole("containing", containing, 0, documents),
	); err != nil {
		return Quantity{}, fmt.Errorf("bm25 weight: %w", err)
	}
	n, t, f, d, m := Number(documents), Number(containing), Number(occurrences), Number(length), Number(mean)
	k, b := Number(p.K1), Number(p.B)
	return Quantity{
		Name: "BM25 得分", Value: p.Weight(occurrences, length, mean, documents, containing),
		Formula: "ln(1 + (n − n_t + 0.5) / (n_t + 0.5)) · f · (k1 + 1) / (f + k1 · (1 − b + b · |D| / avgdl))",
		Working: "ln(1 + (" + n + " − " + t + " + 0.5) / (" + t + " + 0.5)) × " + f + " × (" + k + " + 1) / (" + f + " + " + k + " × (1 − " + b + " + " + b + " × " + d + " / " + m + "))",
		Terms: []Term{
			{"n", "文档数", documents, ""}, {"n_t", "含这个词的文档数", containing, ""},
			{"f", "词在文档里的次数", occurrences, ""}, {"|D|", "文档长度（词）", length, ""}, {"avgdl", "平均长度（词）", mean, ""},
			{"k1", "次数的饱和", p.K1, ""}, {"b", "长度的折扣", p.B, ""},
		},
		Sources: []Source{sourceBM25},
	}, nil
}

// Index is an inverted index over documents, known by the order they were added
// in, from 0.
type Index struct {
	Rank BM25

	postings map[string]*[]posting
	lengths  []float64
	total    float64 // of lengths
}

type posting struct {
	document    int
	occurrences float64
}

// NewIndex returns an empty index.
func NewIndex(rank BM25) *Index { return &Index{Rank: rank, postings: map[string]*[]posting{}} }

// Field is a part of a document. A term in it counts Weight times; it adds to
// the document's length once.
type Field struct {
	Terms  []string
	Weight float64
}

// Add takes up a document and returns its number.
func (x *Index) Add(fields ...Field) int {
	document := len(x.lengths)
	length := 0.0
	for _, f := range fields {
		length += float64(len(f.Terms))
		for _, t := range f.Terms {
			list := x.postings[t]
			if list == nil {
				list = new([]posting)
				x.postings[t] = list
			}
			if n := len(*list); n > 0 && (*list)[n-1].document == document {
				(*list)[n-1].occurrences += f.Weight
			} else {
				*list = append(*list, posting{document, f.Weight})
			}
		}
	}
	x.lengths = append(x.lengths, length)
	x.total += length
	return document
}

// Documents is how many there are.
func (x *Index) Documents() int { return len(x.lengths) }

// Containing is how many documents hold a term.
func (x *Index) Containing(term string) int { return len(x.holding(term)) }

// holding are the documents that hold a term.
func (x *Index) holding(term string) []posting {
	if list := x.postings[term]; list != nil {
		return *list
	}
	return nil
}

// Terms lists all terms in order.
func (x *Index) Terms() []string {
	terms := make([]string, 0, len(x.postings))
	for t := range x.postings {
		terms = append(terms, t)
	}
	sort.Strings(terms)
	return terms
}

// Hit is a document that holds terms of a query.
type Hit struct {
	Document int
	Score    float64
	Matched  int // different terms of the query that it holds
}

// Search returns the k documents that score highest, by falling score and then
// by number. A term that the query repeats counts once.
func (x *Index) Search(query []string, k int) []Hit {
	if k <= 0 || len(x.lengths) == 0 {
		return nil
	}
	hits := make([]Hit, len(x.lengths))
	var held []int // the documents with a hit
	asked := map[string]bool{}
	mean, documents := x.total/float64(len(x.lengths)), float64(len(x.lengths))
	for _, term := range query {
		if asked[term] {
			continue
		}
		asked[term] = true
		list := x.holding(term)
		for _, p := range list {
			h := &hits[p.document]
			if h.Matched == 0 {
				h.Document = p.document
				held = append(held, p.document)
			}
			h.Score += x.Rank.Weight(p.occurrences, x.lengths[p.document], mean, documents, float64(len(list)))
			h.Matched++
		}
	}
	all := make([]Hit, len(held))
	for i, d := range held {
		all[i] = hits[d]
	}
	slices.SortFunc(all, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), a.Document-b.Document)
	})
	return all[:min(k, len(all))]
}
