package verse

// Distinct is how varied texts are: the share of their n-grams that differ from
// one another (distinct-n, Li et al. 2016, section 5.1). An n-gram is n
// characters on end within a line. It falls as texts grow more, so it compares
// equal numbers of texts of equal lengths. Without n-grams it is 0.
func Distinct(texts []string, n int) float64 {
	seen, all := map[string]bool{}, 0
	for _, text := range texts {
		for _, line := range Lines(text) {
			runes := []rune(line)
			for i := 0; n > 0 && i+n <= len(runes); i++ {
				seen[string(runes[i:i+n])] = true
				all++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(len(seen)) / float64(all)
}
