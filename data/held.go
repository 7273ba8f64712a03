package data

// HoldsContainer reports whether the store keeps the container, so that a watch goes on telling about it when its
// newest state has nothing suspect in it.
func (s *Store) HoldsContainer(k Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.pods[PodKey{k.Namespace, k.Pod, k.UID}][k.Container]
	return ok
}
